using Replication.Storage.Files;

namespace Replication.Tests.Storage.Engine;

/// <summary>Tells of every change before it happens; what the hearer throws takes the place of the change.</summary>
internal sealed class InterceptingFileSystem(InMemoryFileSystem inner, Action<string> before) : IFileSystem
{
    public IFile Open(string path, FileOpenMode mode)
    {
        if (mode != FileOpenMode.Existing)
        {
            before($"open {path}");
        }

        return new InterceptingFile(inner.Open(path, mode), path, before);
    }

    public IReadOnlyList<string> List(string directory) => inner.List(directory);

    public void CreateDirectory(string directory)
    {
        before($"create directory {directory}");
        inner.CreateDirectory(directory);
    }

    public void Rename(string source, string target)
    {
        before($"rename {target}");
        inner.Rename(source, target);
    }

    public void Delete(string path)
    {
        before($"delete {path}");
        inner.Delete(path);
    }

    public void SyncDirectory(string directory)
    {
        before($"sync directory {directory}");
        inner.SyncDirectory(directory);
    }

    public IDisposable Lock(string path) => inner.Lock(path);

    public long GetFreeBytes() => inner.GetFreeBytes();

    private sealed class InterceptingFile(IFile inner, string path, Action<string> before) : IFile
    {
        public long Length => inner.Length;

        public int Read(long offset, Span<byte> destination) => inner.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            before($"write {path}");
            inner.Write(offset, source);
        }

        public void Sync()
        {
            before($"sync {path}");
            inner.Sync();
        }

        public void DropCache() => inner.DropCache();

        public void SetLength(long length)
        {
            before($"set length {path}");
            inner.SetLength(length);
        }

        public void Dispose() => inner.Dispose();
    }
}
