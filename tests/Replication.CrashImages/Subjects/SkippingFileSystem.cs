using Replication.Storage.Files;

namespace Replication.CrashImages.Subjects;

/// <summary>What a careless storage layer leaves out. Exploring one that does must find violations.</summary>
public enum Carelessness
{
    /// <summary>Files are not synced: what is flushed is acknowledged before it is durable.</summary>
    NoSync,

    /// <summary>Of the files only those whose names begin with "log." are not synced.</summary>
    NoSyncOfSegments,

    /// <summary>Directories are not synced: new names are not durable.</summary>
    NoSyncOfDirectories,

    /// <summary>A file is renamed into place before its bytes are durable.</summary>
    NoSyncBeforeRename,
}

/// <summary>A file system that leaves out what a careless storage layer would.</summary>
internal sealed class SkippingFileSystem(IFileSystem inner, Carelessness carelessness) : IFileSystem
{
    public IFile Open(string path, FileOpenMode mode) => new SkippingFile(inner.Open(path, mode), Skips(path));

    public IReadOnlyList<string> List(string directory) => inner.List(directory);

    public void CreateDirectory(string directory) => inner.CreateDirectory(directory);

    public void Rename(string source, string target) => inner.Rename(source, target);

    public void Delete(string path) => inner.Delete(path);

    public void SyncDirectory(string directory)
    {
        if (carelessness != Carelessness.NoSyncOfDirectories)
        {
            inner.SyncDirectory(directory);
        }
    }

    public IDisposable Lock(string path) => inner.Lock(path);

    public long GetFreeBytes() => inner.GetFreeBytes();

    private bool Skips(string path) => carelessness switch
    {
        Carelessness.NoSync => true,
        Carelessness.NoSyncOfSegments => path.Contains("/log.", StringComparison.Ordinal),
        Carelessness.NoSyncBeforeRename => path.EndsWith(".tmp", StringComparison.Ordinal),
        _ => false,
    };

    private sealed class SkippingFile(IFile file, bool skips) : IFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source) => file.Write(offset, source);

        public void Sync()
        {
            if (!skips)
            {
                file.Sync();
            }
        }

        public void DropCache() => file.DropCache();

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();
    }
}
