import bz2, gzip, hashlib, hmac, io, lzma, os, shutil, tarfile, tempfile, zipfile, zlib

data = b"the quick brown fox\n" * 500
for module in (zlib, gzip, bz2, lzma):
    packed = module.compress(data)
    print(module.__name__, len(packed) < len(data), module.decompress(packed) == data)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "a.txt")
    with open(path, "wb") as stream:
        stream.write(data)
    for kind in ("gz", "bz2", "xz"):
        archive = os.path.join(folder, "t.tar." + kind)
        with tarfile.open(archive, "w:" + kind) as tar:
            tar.add(path, arcname="in/a.txt")
        with tarfile.open(archive) as tar:
            print(tar.getnames(), tar.extractfile("in/a.txt").read() == data)
    with zipfile.ZipFile(os.path.join(folder, "z.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "a.txt")
        archive.writestr("b/c.txt", "text")
    with zipfile.ZipFile(os.path.join(folder, "z.zip")) as archive:
        print(archive.namelist(), archive.read("b/c.txt"), archive.testzip())
    made = shutil.make_archive(os.path.join(folder, "made"), "zip", folder, "a.txt")
    print(os.path.basename(made))
print(hashlib.sha256(data).hexdigest(), hashlib.md5(data).hexdigest())
print(hmac.new(b"key", data, "sha1").hexdigest(), zlib.crc32(data), hashlib.blake2b(data, digest_size=8).hexdigest())
