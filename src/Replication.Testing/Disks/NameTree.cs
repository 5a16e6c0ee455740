namespace Replication.Testing.Disks;

/// <summary>What a name stands for: a file or a directory.</summary>
internal readonly record struct NameEntry(SimulatedContent? Content, DirectoryNode? Directory);

/// <summary>A directory: its names as they read now, and as they are durable.</summary>
internal sealed class DirectoryNode
{
    public SortedDictionary<string, NameEntry> Current { get; set; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, NameEntry> Durable { get; set; } = new(StringComparer.Ordinal);
}

/// <summary>A change of names that no sync has covered, or the sync of a directory whose time has not passed.</summary>
/// <param name="Position">When, in the order of all changes of the disk.</param>
/// <param name="Directory">The directory that gets or loses the name, or that is synced.</param>
/// <param name="Name">The name; null for a sync.</param>
/// <param name="Entry">What it stands for from now on; null for nothing.</param>
/// <param name="Source">The directory that loses a name in the same step, for a rename.</param>
/// <param name="SourceName">The name it loses.</param>
internal sealed record NameChange(
    long Position,
    DirectoryNode Directory,
    string? Name,
    NameEntry? Entry = null,
    DirectoryNode? Source = null,
    string? SourceName = null)
{
    public bool IsOf(DirectoryNode directory) => Directory == directory || Source == directory;
}

/// <summary>The names of a disk, and what a power loss may undo of them.</summary>
internal sealed class NameTree
{
    private readonly List<NameChange> _pending = [];

    public DirectoryNode Root { get; private init; } = new();

    /// <summary>Gets the position of the oldest change that may be lost; the largest number if there is none.</summary>
    public long FirstPending => _pending.Count == 0 ? long.MaxValue : _pending[0].Position;

    public DirectoryNode? Find(string directory)
    {
        DirectoryNode? node = Root;
        if (directory.Length > 0)
        {
            foreach (string part in directory.Split('/'))
            {
                node = node.Current.TryGetValue(part, out NameEntry entry) ? entry.Directory : null;
                if (node is null)
                {
                    return null;
                }
            }
        }

        return node;
    }

    public void Change(NameChange change)
    {
        _pending.Add(change);
        Apply(change, current: true);
    }

    /// <summary>Makes a directory's names durable, at once.</summary>
    public void Sync(DirectoryNode directory) => Keep(directory, long.MaxValue);

    /// <summary>Makes a directory's names durable once its time has passed.</summary>
    public void Sync(long position, DirectoryNode directory)
    {
        if (_pending.Exists(change => change.IsOf(directory)))
        {
            _pending.Add(new NameChange(position, directory, null));
        }
    }

    /// <summary>Makes durable what was synced up to a position.</summary>
    public void Settle(long position)
    {
        if (_pending.Count == 0)
        {
            return;
        }

        for (int i = _pending.FindIndex(change => change.Name is null && change.Position <= position); i >= 0;
            i = _pending.FindIndex(change => change.Name is null && change.Position <= position))
        {
            NameChange sync = _pending[i];
            _pending.RemoveAt(i);
            Keep(sync.Directory, sync.Position);
        }
    }

    /// <summary>Undoes what came after a position.</summary>
    /// <returns>How many changes that was.</returns>
    public int Rewind(long position)
    {
        int undone = _pending.RemoveAll(change => change.Position > position);
        if (undone > 0)
        {
            foreach (DirectoryNode directory in Directories())
            {
                directory.Current = new SortedDictionary<string, NameEntry>(directory.Durable, StringComparer.Ordinal);
            }

            _pending.FindAll(change => change.Name is not null).ForEach(change => Apply(change, current: true));
        }

        return undone;
    }

    /// <summary>Becomes what a power loss leaves; afterwards every name is durable.</summary>
    /// <returns>How many changes were lost.</returns>
    public int LosePower(NameLoss loss, IChoices choices)
    {
        _pending.RemoveAll(change => change.Name is null);
        int before = loss == NameLoss.Prefix ? choices.Next(_pending.Count + 1) : 0;
        int lost = 0;
        for (int i = 0; i < _pending.Count; i++)
        {
            if (loss == NameLoss.Any ? choices.Next(2) == 1 : i < before)
            {
                Apply(_pending[i], current: false);
            }
            else
            {
                lost++;
            }
        }

        List<DirectoryNode> directories = Directories();
        _pending.Clear();
        foreach (DirectoryNode directory in directories)
        {
            directory.Current = new SortedDictionary<string, NameEntry>(directory.Durable, StringComparer.Ordinal);
        }

        return lost;
    }

    /// <summary>Makes every change durable as it is.</summary>
    public void KeepAll()
    {
        _pending.Clear();
        foreach (DirectoryNode directory in Directories())
        {
            directory.Durable = new SortedDictionary<string, NameEntry>(directory.Current, StringComparer.Ordinal);
        }
    }

    /// <summary>Gets whether a power loss can't take a name, whatever it takes.</summary>
    public bool IsDurable(string path)
    {
        DirectoryNode? node = Root;
        foreach (string part in path.Split('/'))
        {
            if (node is null
                || !node.Durable.TryGetValue(part, out NameEntry entry)
                || _pending.Exists(change => (change.Directory == node && change.Name == part)
                    || (change.Source == node && change.SourceName == part)))
            {
                return false;
            }

            node = entry.Directory;
        }

        return true;
    }

    /// <summary>Gets every file that a name leads to, or may lead to after a power loss, once each, in a fixed order.</summary>
    public List<SimulatedContent> Contents()
    {
        var found = new List<SimulatedContent>();
        var seen = new HashSet<SimulatedContent>();
        foreach (DirectoryNode directory in Directories())
        {
            Add(directory.Durable.Values);
            Add(directory.Current.Values);
        }

        Add(_pending.Select(change => change.Entry ?? default));
        return found;

        void Add(IEnumerable<NameEntry> entries)
        {
            foreach (NameEntry entry in entries)
            {
                if (entry.Content is { } content && seen.Add(content))
                {
                    found.Add(content);
                }
            }
        }
    }

    /// <summary>Copies the tree and its files; pages stay shared.</summary>
    public NameTree Clone()
    {
        var contents = new Dictionary<SimulatedContent, SimulatedContent>();
        var directories = new Dictionary<DirectoryNode, DirectoryNode>();
        var clone = new NameTree { Root = CloneOf(Root) };
        foreach (NameChange change in _pending)
        {
            clone._pending.Add(change with
            {
                Directory = CloneOf(change.Directory),
                Entry = change.Entry is { } entry ? CloneOfEntry(entry) : null,
                Source = change.Source is null ? null : CloneOf(change.Source),
            });
        }

        return clone;

        DirectoryNode CloneOf(DirectoryNode directory)
        {
            if (!directories.TryGetValue(directory, out DirectoryNode? copy))
            {
                copy = new DirectoryNode();
                directories.Add(directory, copy);
                CopyNames(directory.Current, copy.Current);
                CopyNames(directory.Durable, copy.Durable);
            }

            return copy;
        }

        void CopyNames(SortedDictionary<string, NameEntry> from, SortedDictionary<string, NameEntry> to)
        {
            foreach ((string name, NameEntry entry) in from)
            {
                to.Add(name, CloneOfEntry(entry));
            }
        }

        NameEntry CloneOfEntry(NameEntry entry)
        {
            if (entry.Directory is { } directory)
            {
                return new NameEntry(null, CloneOf(directory));
            }

            if (!contents.TryGetValue(entry.Content!, out SimulatedContent? copy))
            {
                copy = entry.Content!.Clone();
                contents.Add(entry.Content, copy);
            }

            return new NameEntry(copy, null);
        }
    }

    private static void Apply(NameChange change, bool current)
    {
        SortedDictionary<string, NameEntry> Names(DirectoryNode node) => current ? node.Current : node.Durable;
        if (change.Source is not null)
        {
            Names(change.Source).Remove(change.SourceName!);
        }

        if (change.Entry is { } entry)
        {
            Names(change.Directory)[change.Name!] = entry;
        }
        else
        {
            Names(change.Directory).Remove(change.Name!);
        }
    }

    private void Keep(DirectoryNode directory, long position)
    {
        for (int i = 0; i < _pending.Count;)
        {
            NameChange change = _pending[i];
            if (change.Name is not null && change.Position <= position && change.IsOf(directory))
            {
                Apply(change, current: false);
                _pending.RemoveAt(i);
            }
            else
            {
                i++;
            }
        }
    }

    private List<DirectoryNode> Directories()
    {
        var found = new List<DirectoryNode> { Root };
        for (int i = 0; i < found.Count; i++)
        {
            foreach (NameEntry entry in found[i].Durable.Values.Concat(found[i].Current.Values))
            {
                if (entry.Directory is { } directory && !found.Contains(directory))
                {
                    found.Add(directory);
                }
            }
        }

        foreach (NameChange change in _pending)
        {
            if (change.Entry?.Directory is { } directory && !found.Contains(directory))
            {
                found.Add(directory);
            }
        }

        return found;
    }
}
