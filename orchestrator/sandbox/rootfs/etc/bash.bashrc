# What every interactive shell may rely on; ~/.bashrc comes after it.
shopt -s checkwinsize 2>/dev/null
PS1='\u@\h:\w\$ '
