import fnmatch, glob, os, pathlib, shutil, stat, tempfile

root = pathlib.Path(tempfile.mkdtemp())
os.chdir(root)
for name in ("a.txt", "b.TXT", "c.jpg", "sub/d.txt", "sub/deep/e.py"):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(name * 2)
print(sorted(str(path.relative_to(root)) for path in root.rglob("*.txt")))
print(sorted(glob.glob("**/*.py", recursive=True)), fnmatch.filter(["a.b", "c"], "*.?"))
for folder, folders, files in os.walk("."):
    folders.sort()
    print(folder, folders, sorted(files))
kinds = {}
for path in sorted(root.iterdir()):
    if path.is_file():
        kinds.setdefault(path.suffix.lower(), []).append(path.name)
        target = root / "sorted" / path.suffix.lower().lstrip(".")
        target.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target / path.name)
print(kinds, sorted(p.name for p in (root / "sorted/txt").iterdir()))
shutil.copytree("sub", "copy")
shutil.copy2("sub/d.txt", "copy/f.txt")
os.chmod("copy/f.txt", 0o600)
print(stat.filemode(os.stat("copy/f.txt").st_mode), os.path.getsize("copy/f.txt"), os.access("copy/f.txt", os.X_OK))
os.symlink("f.txt", "copy/link")
print(os.readlink("copy/link"), os.path.islink("copy/link"), pathlib.Path("copy/link").resolve().name)
os.utime("copy/f.txt", (1000000000, 1000000000))
print(int(os.path.getmtime("copy/f.txt")))
os.rename("copy/f.txt", "copy/g.txt")
shutil.rmtree("copy")
for call in (lambda: open("nothing"), lambda: os.mkdir("sub"), lambda: os.rmdir("sub"), lambda: os.listdir("sub/d.txt"), lambda: open("sub")):
    try:
        call()
    except OSError as error:
        print(type(error).__name__, error)
with tempfile.NamedTemporaryFile("w+", suffix=".x") as file:
    file.write("one\ntwo\n")
    file.seek(0)
    print(file.readlines(), os.path.exists(file.name))
with open("lines", "w") as file:
    print("a", "b", sep="-", file=file)
with open("lines", "r+b") as file:
    file.seek(0, 2)
    print(file.tell(), file.write(b"\xff\n"))
print(open("lines", errors="replace").read().encode(), oct(os.umask(0o22) & 0), os.path.expanduser("~") != "~")
