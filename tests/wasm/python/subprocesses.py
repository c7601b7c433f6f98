import os, signal, subprocess, sys

print(subprocess.run(["echo", "hi"], capture_output=True, text=True))
print(subprocess.run("echo $((1+2)); exit 3", shell=True, stdout=subprocess.PIPE))
print(subprocess.check_output(["sort"], input=b"b\na\n"))
try:
    subprocess.run(["false"], check=True)
except subprocess.CalledProcessError as error:
    print(error)
try:
    subprocess.run(["no-such-program"])
except FileNotFoundError as error:
    print(error, error.errno, error.filename)
try:
    subprocess.run(["sleep", "5"], timeout=0.1)
except subprocess.TimeoutExpired as error:
    print(error.cmd)
process = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(process.communicate("hello\n"), process.returncode)
for number in (signal.SIGTERM, signal.SIGKILL):
    process = subprocess.Popen(["sleep", "10"])
    process.send_signal(number)
    print(process.wait(), process.poll())
print(subprocess.run(["pwd"], cwd="/usr", capture_output=True, text=True).stdout)
print(subprocess.run("echo $X", shell=True, env={"X": "1", "PATH": os.environ["PATH"]}, capture_output=True).stdout)
try:
    subprocess.run(["pwd"], cwd="/nowhere")
except OSError as error:
    print(repr(error), error.filename)
reader, writer = os.pipe()
subprocess.run(["sh", "-c", f"echo through >&{writer}"], pass_fds=[writer])
os.close(writer)
print(os.read(reader, 100))
print(os.system("exit 4") >> 8, os.popen("echo out").read())
first = subprocess.Popen(["printf", "b\\na\\n"], stdout=subprocess.PIPE)
second = subprocess.Popen(["sort"], stdin=first.stdout, stdout=subprocess.PIPE)
first.stdout.close()
print(second.communicate()[0])
print(subprocess.run(["sh", "-c", "echo out; echo err >&2"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout)
print(subprocess.run([sys.executable, "-c", "import sys; print(sys.argv)", "a b"], capture_output=True, text=True).stdout)
print(subprocess.getstatusoutput("echo x; exit 2"))
print(os.waitstatus_to_exitcode(os.waitpid(os.posix_spawnp("false", ["false"], os.environ), 0)[1]))
print(os.spawnlp(os.P_WAIT, "sh", "sh", "-c", "exit 7"))
big = subprocess.run(["cat"], input=b"x" * 300_000, capture_output=True)
print(len(big.stdout))
with subprocess.Popen(["sh", "-c", "read line; echo got $line"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as talk:
    talk.stdin.write("word\n")
    print(talk.stdout.readline())
print(subprocess.call("kill -USR1 $$", shell=True))
