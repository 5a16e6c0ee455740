using Replication.Errors;
using Replication.Storage.Files;

namespace Replication.Testing.Files;

/// <summary>A file system that fails where a test tells it to, and keeps a list of the calls that reached it.</summary>
/// <remarks>Callable from any thread. The error names operation and path, as a real disk's does.</remarks>
public sealed class FaultyFileSystem : IFileSystem
{
    private readonly Lock _gate = new();
    private readonly IFileSystem _inner;
    private readonly List<FileFault> _faults = [];
    private readonly List<FileCall> _calls = [];

    /// <summary>Wraps a file system.</summary>
    /// <param name="inner">The one that does the work.</param>
    public FaultyFileSystem(IFileSystem inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _inner = inner;
    }

    /// <summary>Gets a copy of the calls so far, failed ones included, reads and lists excluded.</summary>
    public IReadOnlyList<FileCall> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Makes one call fail.</summary>
    /// <param name="matches">Which calls count.</param>
    /// <param name="nth">How many of them succeed first.</param>
    /// <param name="error">How it fails.</param>
    /// <returns>The fault; its <see cref="FileFault.Hit"/> says whether it struck.</returns>
    public FileFault FailOn(Func<FileCall, bool> matches, int nth, DiskError error)
    {
        ArgumentNullException.ThrowIfNull(matches);
        var fault = new FileFault(matches, nth, error);
        lock (_gate)
        {
            _faults.Add(fault);
        }

        return fault;
    }

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenMode mode)
    {
        Check(FileOperation.Open, path);
        return new FaultyFile(this, path, _inner.Open(path, mode));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory) => _inner.List(directory);

    /// <inheritdoc/>
    public void CreateDirectory(string directory)
    {
        Check(FileOperation.CreateDirectory, directory);
        _inner.CreateDirectory(directory);
    }

    /// <inheritdoc/>
    public void Rename(string source, string target)
    {
        Check(FileOperation.Rename, source);
        _inner.Rename(source, target);
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        Check(FileOperation.Delete, path);
        _inner.Delete(path);
    }

    /// <inheritdoc/>
    public void SyncDirectory(string directory)
    {
        Check(FileOperation.SyncDirectory, directory);
        _inner.SyncDirectory(directory);
    }

    /// <inheritdoc/>
    public IDisposable Lock(string path) => _inner.Lock(path);

    /// <inheritdoc/>
    public long GetFreeBytes() => _inner.GetFreeBytes();

    private static StorageFailedException Failure(FileCall call, DiskError error) => new(
        error == DiskError.NoSpace
            ? $"Could not {Name(call.Operation)} '{call.Path}': No space left on device (error 28). The disk is full: "
                + $"free some space, then start the node again."
            : $"Could not {Name(call.Operation)} '{call.Path}': Input/output error (error 5). Check the disk, then "
                + $"start the node again.");

    private static string Name(FileOperation operation) => operation switch
    {
        FileOperation.SetLength => "set the length of",
        FileOperation.CreateDirectory => "create directory",
        FileOperation.SyncDirectory => "sync directory",
        _ => operation.ToString().ToLowerInvariant(),
    };

    private FileFault? Strike(FileCall call)
    {
        lock (_gate)
        {
            if (call.Operation != FileOperation.Read)
            {
                _calls.Add(call);
            }

            return _faults.Find(fault => fault.Strikes(call));
        }
    }

    private void Check(FileOperation operation, string path)
    {
        var call = new FileCall(operation, path);
        if (Strike(call) is { } fault)
        {
            throw Failure(call, fault.Error);
        }
    }

    private sealed class FaultyFile(FaultyFileSystem owner, string path, IFile inner) : IFile
    {
        public long Length => inner.Length;

        public int Read(long offset, Span<byte> destination)
        {
            owner.Check(FileOperation.Read, path);
            return inner.Read(offset, destination);
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            var call = new FileCall(FileOperation.Write, path);
            if (owner.Strike(call) is not { } fault)
            {
                inner.Write(offset, source);
                return;
            }

            if (fault.Error == DiskError.NoSpace)
            {
                inner.Write(offset, source[..(source.Length / 2)]);
            }

            throw Failure(call, fault.Error);
        }

        public void Sync()
        {
            owner.Check(FileOperation.Sync, path);
            inner.Sync();
        }

        public void DropCache() => inner.DropCache();

        public void SetLength(long length)
        {
            owner.Check(FileOperation.SetLength, path);
            inner.SetLength(length);
        }

        public void Dispose() => inner.Dispose();
    }
}
