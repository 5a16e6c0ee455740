using Replication.Errors;

namespace Replication.Storage.Files;

/// <summary>A disk in memory that knows what is durable, for tests and simulations.</summary>
/// <remarks>
/// A file's bytes and length are durable after its sync; a created, renamed or deleted name after the sync of its
/// directory.
/// <see cref="CrashClone"/> gives the disk as a power loss would leave it in the worst case. Callable from any thread;
/// what else disks do is simulated by Replication.Testing.
/// </remarks>
public sealed class InMemoryFileSystem : IFileSystem
{
    // A device serves any thread, so it has a lock; no logic runs under it, and alone on its thread it never waits.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedDictionary<string, Entry>> _current =
        new(StringComparer.Ordinal) { [string.Empty] = NewDirectory() };
    private readonly Dictionary<string, SortedDictionary<string, Entry>> _durable =
        new(StringComparer.Ordinal) { [string.Empty] = NewDirectory() };
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);

    /// <summary>Gets or sets how many bytes the disk holds.</summary>
    /// <value>The default value is 1 TiB.</value>
    public long CapacityBytes { get; set; } = 1L << 40;

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenMode mode)
    {
        FilePath.Check(path);
        lock (_gate)
        {
            SortedDictionary<string, Entry> directory = DirectoryOf("open", path);
            bool exists = directory.TryGetValue(FilePath.Name(path), out Entry entry);
            if (exists && mode == FileOpenMode.New)
            {
                throw Failure("open", path, "it exists already");
            }

            if (!exists && mode == FileOpenMode.Existing)
            {
                throw Failure("open", path, "there is no such file");
            }

            if (entry.Content is null)
            {
                if (exists)
                {
                    throw Failure("open", path, "it is a directory");
                }

                entry = new Entry(new InMemoryContent());
                directory.Add(FilePath.Name(path), entry);
            }

            return new OpenFile(this, path, entry.Content!);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        FilePath.Check(directory);
        lock (_gate)
        {
            return _current.TryGetValue(directory, out SortedDictionary<string, Entry>? entries)
                ? [.. entries.Keys]
                : [];
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string directory)
    {
        FilePath.Check(directory);
        lock (_gate)
        {
            CreateDirectoryLocked(directory);
        }
    }

    /// <inheritdoc/>
    public void Rename(string source, string target)
    {
        FilePath.Check(source);
        FilePath.Check(target);
        lock (_gate)
        {
            SortedDictionary<string, Entry> from = DirectoryOf("rename", source);
            if (!from.TryGetValue(FilePath.Name(source), out Entry entry) || entry.Content is null)
            {
                throw Failure("rename", source, "there is no such file");
            }

            SortedDictionary<string, Entry> to = DirectoryOf("rename", target);
            from.Remove(FilePath.Name(source));
            to[FilePath.Name(target)] = entry;
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        FilePath.Check(path);
        lock (_gate)
        {
            if (_current.TryGetValue(FilePath.Parent(path), out SortedDictionary<string, Entry>? entries))
            {
                entries.Remove(FilePath.Name(path));
            }
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string directory)
    {
        FilePath.Check(directory);
        lock (_gate)
        {
            if (!_current.TryGetValue(directory, out SortedDictionary<string, Entry>? entries))
            {
                throw Failure("sync directory", directory, "there is no such directory");
            }

            _durable[directory] = new SortedDictionary<string, Entry>(entries, StringComparer.Ordinal);
        }
    }

    /// <inheritdoc/>
    public IDisposable Lock(string path)
    {
        FilePath.Check(path);
        using (Open(path, FileOpenMode.ExistingOrNew))
        {
            lock (_gate)
            {
                return _locks.Add(path)
                    ? new HeldLock(this, path)
                    : throw new DataDirectoryException(
                        $"{path} is locked: another host uses this data directory. Stop it, or use another directory.");
            }
        }
    }

    /// <inheritdoc/>
    public long GetFreeBytes()
    {
        lock (_gate)
        {
            return CapacityBytes - UsedBytes();
        }
    }

    /// <summary>
    /// Gets the disk as a power loss at this moment leaves it in the worst case: only what was synced, unlocked.
    /// </summary>
    /// <returns>Another disk; this one goes on as it is.</returns>
    public InMemoryFileSystem CrashClone()
    {
        lock (_gate)
        {
            var clone = new InMemoryFileSystem { CapacityBytes = CapacityBytes };
            var survivors = new Dictionary<InMemoryContent, InMemoryContent>();
            CloneDirectory(clone, string.Empty, survivors);
            return clone;
        }
    }

    private static SortedDictionary<string, Entry> NewDirectory() => new(StringComparer.Ordinal);

    private static StorageFailedException Failure(string operation, string path, string reason) =>
        new($"Could not {operation} '{path}' on the disk in memory: {reason}.");

    private void CloneDirectory(
        InMemoryFileSystem clone,
        string directory,
        Dictionary<InMemoryContent, InMemoryContent> survivors)
    {
        if (!_durable.TryGetValue(directory, out SortedDictionary<string, Entry>? entries))
        {
            return;
        }

        foreach ((string name, Entry entry) in entries)
        {
            string path = FilePath.Combine(directory, name);
            if (entry.Content is null)
            {
                clone.CreateDirectoryLocked(path);
                CloneDirectory(clone, path, survivors);
                continue;
            }

            if (!survivors.TryGetValue(entry.Content, out InMemoryContent? survivor))
            {
                survivor = entry.Content.AfterPowerLoss();
                survivors.Add(entry.Content, survivor);
            }

            clone._current[directory][name] = new Entry(survivor);
        }

        clone._durable[directory] = new SortedDictionary<string, Entry>(
            clone._current[directory], StringComparer.Ordinal);
    }

    private void CreateDirectoryLocked(string directory)
    {
        if (_current.ContainsKey(directory))
        {
            return;
        }

        CreateDirectoryLocked(FilePath.Parent(directory));
        if (!_current[FilePath.Parent(directory)].TryAdd(FilePath.Name(directory), default))
        {
            throw Failure("create directory", directory, "a file has this name");
        }

        _current.Add(directory, NewDirectory());
    }

    private SortedDictionary<string, Entry> DirectoryOf(string operation, string path) =>
        _current.TryGetValue(FilePath.Parent(path), out SortedDictionary<string, Entry>? entries)
            ? entries
            : throw Failure(operation, path, "its directory does not exist");

    private long UsedBytes() => _current.Values.SelectMany(d => d.Values).Sum(e => (long)(e.Content?.Length ?? 0));

    private void CheckRoom(string operation, string path, InMemoryContent content, long newLength)
    {
        // Cheap unless the disk is nearly full: the sum is taken only when a file grows.
        if (newLength > content.Length && UsedBytes() + newLength - content.Length > CapacityBytes)
        {
            throw Failure(operation, path,
                $"the disk of {CapacityBytes} bytes is full. Free some space, then start the node again");
        }
    }

    /// <summary>A name in a directory: a file, or a directory if there is no content.</summary>
    private readonly record struct Entry(InMemoryContent? Content);

    private sealed class HeldLock(InMemoryFileSystem owner, string path) : IDisposable
    {
        private bool _isReleased;

        public void Dispose()
        {
            lock (owner._gate)
            {
                // Released once: the next holder's lock is not ours to end.
                if (!_isReleased)
                {
                    _isReleased = true;
                    owner._locks.Remove(path);
                }
            }
        }
    }

    private sealed class OpenFile(InMemoryFileSystem owner, string path, InMemoryContent content) : IFile
    {
        private bool _disposed;

        public long Length
        {
            get
            {
                lock (owner._gate)
                {
                    return content.Length;
                }
            }
        }

        public int Read(long offset, Span<byte> destination)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            lock (owner._gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return content.Read(offset, destination);
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            lock (owner._gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                owner.CheckRoom("write", path, content, offset + source.Length);
                content.Write(offset, source);
            }
        }

        public void Sync()
        {
            lock (owner._gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                content.Sync();
            }
        }

        public void DropCache()
        {
        }

        public void SetLength(long length)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length);
            lock (owner._gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                owner.CheckRoom("set the length of", path, content, length);
                content.SetLength(length);
            }
        }

        public void Dispose()
        {
            lock (owner._gate)
            {
                _disposed = true;
            }
        }
    }
}
