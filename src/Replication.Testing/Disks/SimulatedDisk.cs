using Replication.Errors;
using Replication.Raft.Determinism;
using Replication.Storage.Files;

namespace Replication.Testing.Disks;

/// <summary>
/// A disk in memory that does to its owner what disks do: it loses power, tears and reorders writes, fails, lies, rots
/// and stalls, all by a seed.
/// </summary>
/// <remarks>
/// <para>Sectors have 512 bytes. A file's bytes and length become durable by its sync, names by the sync of their
/// directory; <see cref="LosePower(PowerLoss)"/> decides about the rest.</para>
/// <para>Virtual time: no call waits. <see cref="TakeLatency"/> says how long the calls so far would have taken. With
/// <see cref="DefersDurability"/> a sync counts only once <see cref="Settle"/> says that its time has passed, so a
/// power loss may strike in the middle of a turn.</para>
/// <para>Single-threaded. Writing and syncing allocate nothing once the file has its pages.</para>
/// </remarks>
public sealed partial class SimulatedDisk : IFileSystem
{
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private readonly List<SimulatedContent> _dirty = [];
    private readonly SplitMix64 _stream;
    private NameTree _names;
    private long _settled;
    private long _usedBytes;
    private int _process;

    /// <summary>Creates an empty disk.</summary>
    /// <param name="seed">Decides everything that is left to chance.</param>
    public SimulatedDisk(ulong seed)
        : this(new SplitMix64(seed), new NameTree())
    {
    }

    private SimulatedDisk(SplitMix64 stream, NameTree names)
    {
        _stream = stream;
        _names = names;
    }

    /// <summary>Gets or sets how many bytes the disk holds; less than what is on it is a full disk.</summary>
    /// <value>The default value is 1 TiB.</value>
    public long CapacityBytes { get; set; } = 1L << 40;

    /// <summary>Gets or sets whether a sync is durable only once <see cref="Settle"/> was called for it.</summary>
    public bool DefersDurability { get; set; }

    /// <summary>Gets the number of the last change or sync; the next has the next number.</summary>
    public long Position { get; private set; }

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenMode mode)
    {
        FilePath.Check(path);
        DirectoryNode directory = DirectoryOf("open", path);
        string name = FilePath.Name(path);
        bool exists = directory.Current.TryGetValue(name, out NameEntry entry);
        if (exists && (mode == FileOpenMode.New || entry.Content is null))
        {
            throw Failure("open", path, entry.Content is null ? "it is a directory" : "it exists already");
        }

        if (!exists)
        {
            if (mode == FileOpenMode.Existing)
            {
                throw Failure("open", path, "there is no such file");
            }

            entry = new NameEntry(new SimulatedContent(), null);
            _names.Change(new NameChange(++Position, directory, name, entry));
        }

        return new SimulatedFile(this, path, entry.Content!);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        FilePath.Check(directory);
        return _names.Find(directory) is { } node ? [.. node.Current.Keys] : [];
    }

    /// <inheritdoc/>
    public void CreateDirectory(string directory)
    {
        FilePath.Check(directory);
        if (_names.Find(directory) is not null)
        {
            return;
        }

        CreateDirectory(FilePath.Parent(directory));
        DirectoryNode parent = _names.Find(FilePath.Parent(directory))!;
        if (parent.Current.ContainsKey(FilePath.Name(directory)))
        {
            throw Failure("create directory", directory, "a file has this name");
        }

        _names.Change(new NameChange(
            ++Position, parent, FilePath.Name(directory), new NameEntry(null, new DirectoryNode())));
    }

    /// <inheritdoc/>
    public void Rename(string source, string target)
    {
        FilePath.Check(source);
        FilePath.Check(target);
        DirectoryNode from = DirectoryOf("rename", source);
        if (!from.Current.TryGetValue(FilePath.Name(source), out NameEntry entry) || entry.Content is null)
        {
            throw Failure("rename", source, "there is no such file");
        }

        DirectoryNode to = DirectoryOf("rename", target);
        Forget(to, FilePath.Name(target), entry);
        _names.Change(new NameChange(++Position, to, FilePath.Name(target), entry, from, FilePath.Name(source)));
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        FilePath.Check(path);
        if (_names.Find(FilePath.Parent(path)) is { } directory
            && directory.Current.ContainsKey(FilePath.Name(path)))
        {
            Forget(directory, FilePath.Name(path), default);
            _names.Change(new NameChange(++Position, directory, FilePath.Name(path)));
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string directory)
    {
        FilePath.Check(directory);
        DirectoryNode node = _names.Find(directory)
            ?? throw Failure("sync directory", directory, "there is no such directory");
        Position++;
        Spend(Latency.Sync);
        if (Faults.Strikes(DiskFault.SyncErrorReverts, _stream)
            || Faults.Strikes(DiskFault.SyncErrorKeepsPages, _stream))
        {
            // A journal that can't be written is not written later either: the names stay undurable.
            Faults.Count(DiskFault.SyncErrorReverts);
            throw Failure("sync directory", directory, InputOutputError);
        }

        if (DefersDurability)
        {
            _names.Sync(Position, node);
        }
        else
        {
            _names.Sync(node);
        }
    }

    /// <inheritdoc/>
    public IDisposable Lock(string path)
    {
        FilePath.Check(path);
        Open(path, FileOpenMode.ExistingOrNew).Dispose();
        return _locks.Add(path)
            ? new HeldLock(this, path, _process)
            : throw new DataDirectoryException(
                $"{path} is locked: another host uses this data directory. Stop it, or use another directory.");
    }

    /// <inheritdoc/>
    public long GetFreeBytes() => Math.Max(0, CapacityBytes - _usedBytes);

    /// <summary>Says that the time of every call up to a position has passed: what it synced is durable.</summary>
    /// <param name="position">What <see cref="Position"/> was after the call.</param>
    public void Settle(long position)
    {
        if (position > _settled)
        {
            _settled = position;
            _names.Settle(position);
            foreach (SimulatedContent content in _dirty)
            {
                content.Settle(position);
                content.IsListed = content.IsPending;
            }

            _dirty.RemoveAll(content => !content.IsListed);
        }
    }

    private static StorageFailedException Failure(string operation, string path, string reason) =>
        new($"Could not {operation} '{path}' on the simulated disk: {reason}.");

    private DirectoryNode DirectoryOf(string operation, string path) =>
        _names.Find(FilePath.Parent(path)) ?? throw Failure(operation, path, "its directory does not exist");

    private void Forget(DirectoryNode directory, string name, NameEntry successor)
    {
        if (directory.Current.TryGetValue(name, out NameEntry entry) && entry != successor)
        {
            _usedBytes -= entry.Content?.Bytes.Length ?? 0;
        }
    }

    private sealed class HeldLock(SimulatedDisk owner, string path, int process) : IDisposable
    {
        private bool _isReleased;

        public void Dispose()
        {
            if (!_isReleased && owner._process == process)
            {
                owner._locks.Remove(path);
            }

            _isReleased = true;
        }
    }
}
