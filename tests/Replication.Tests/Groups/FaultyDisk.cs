using Replication.Errors;
using Replication.Storage.Files;

namespace Replication.Tests.Groups;

/// <summary>A disk whose syncs fail when a test says so.</summary>
internal sealed class FaultyDisk(IFileSystem inner) : IFileSystem
{
    public bool FailsSyncs { get; set; }

    /// <summary>Gets or sets the only file whose syncs fail; null for none by its name.</summary>
    public string? FailsSyncsOf { get; set; }

    public int Hits { get; private set; }

    /// <summary>Gets what syncs wait for: a disk that hangs.</summary>
    public ManualResetEventSlim SyncsGoOn { get; } = new(initialState: true);

    /// <summary>Gets what ends when a sync begins to wait.</summary>
    public TaskCompletionSource SyncHangs { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IFile Open(string path, FileOpenMode mode) => new FaultyFile(this, path, inner.Open(path, mode));

    public IReadOnlyList<string> List(string directory) => inner.List(directory);

    public void CreateDirectory(string directory) => inner.CreateDirectory(directory);

    public void Rename(string source, string target) => inner.Rename(source, target);

    public void Delete(string path) => inner.Delete(path);

    public void SyncDirectory(string directory) => inner.SyncDirectory(directory);

    public IDisposable Lock(string path) => inner.Lock(path);

    public long GetFreeBytes() => inner.GetFreeBytes();

    private sealed class FaultyFile(FaultyDisk disk, string path, IFile file) : IFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source) => file.Write(offset, source);

        public void Sync()
        {
            if (!disk.SyncsGoOn.IsSet)
            {
                disk.SyncHangs.TrySetResult();
                disk.SyncsGoOn.Wait();
            }

            if (disk.FailsSyncs || path == disk.FailsSyncsOf)
            {
                disk.Hits++;
                throw new StorageFailedException($"Could not sync '{path}': EIO.");
            }

            file.Sync();
        }

        public void DropCache() => file.DropCache();

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();
    }
}
