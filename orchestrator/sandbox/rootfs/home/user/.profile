# Read by login shells after /etc/profile.
case $- in *i*) [ -r ~/.bashrc ] && . ~/.bashrc ;; esac
if [ -d ~/bin ]; then PATH=~/bin:$PATH; fi
