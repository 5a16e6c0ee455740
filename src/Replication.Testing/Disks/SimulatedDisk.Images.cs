using Replication.Raft.Determinism;
using Replication.Storage.Files;

namespace Replication.Testing.Disks;

/// <content>What becomes of the disk as a whole: power losses, clones, comparisons.</content>
public sealed partial class SimulatedDisk
{
    /// <summary>Loses power: what was not synced is lost as <paramref name="loss"/> says, and the process
    /// ends.</summary>
    /// <param name="loss">How. What it leaves open is drawn from the disk's stream.</param>
    /// <remarks>
    /// With <see cref="DefersDurability"/> the power goes at any moment between the last <see cref="Settle"/> and now.
    /// </remarks>
    public void LosePower(PowerLoss loss)
    {
        long position = DefersDurability ? _settled + _stream.NextBelow(Position - _settled + 1) : Position;
        Faults.Count(DiskFault.PowerLoss, LosePower(position, loss, new RandomChoices(_stream)));
    }

    /// <summary>Ends the process that uses the disk, without a power loss: locks are free, open files are
    /// dead.</summary>
    public void EndProcess()
    {
        _process++;
        _locks.Clear();
    }

    /// <summary>Copies the disk with everything that is pending on it. Files share their bytes until written.</summary>
    /// <returns>Another disk, which no process uses.</returns>
    public SimulatedDisk Clone()
    {
        var clone = new SimulatedDisk(_stream.Clone(), _names.Clone())
        {
            CapacityBytes = CapacityBytes,
            DefersDurability = DefersDurability,
            Position = Position,
            _settled = _settled,
            Latency = Latency,
            SlowFactor = SlowFactor,
        };
        clone.ListDirty();
        return clone;
    }

    /// <summary>Copies the disk as a power loss at this moment may leave it.</summary>
    /// <param name="loss">How power is lost.</param>
    /// <param name="seed">Decides what that leaves open; equal seeds give equal images.</param>
    /// <returns>Another disk, on which everything is durable; this one goes on as it is.</returns>
    public SimulatedDisk ImageAfter(PowerLoss loss, ulong seed)
    {
        SimulatedDisk image = Clone();
        image.LosePower(Position, loss, new RandomChoices(new SplitMix64(seed)));
        return image;
    }

    /// <summary>Copies the disk as a power loss at this moment leaves it in the worst case.</summary>
    /// <returns>Another disk, on which everything is durable.</returns>
    public SimulatedDisk DurableImage()
    {
        SimulatedDisk image = Clone();
        image.LosePower(DefersDurability ? _settled : Position, PowerLoss.Worst, FirstChoices.Instance);
        return image;
    }

    /// <summary>Gets whether no power loss at this moment, whatever it takes, can take some bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where the bytes are.</param>
    /// <param name="expected">What they must be.</param>
    /// <returns>Whether they are there and safe. Costs no copy: fit for a check at each acknowledgement.</returns>
    public bool IsDurable(string path, long offset, ReadOnlySpan<byte> expected)
    {
        FilePath.Check(path);
        if (_names.Find(FilePath.Parent(path)) is not { } directory
            || !directory.Current.TryGetValue(FilePath.Name(path), out NameEntry entry)
            || entry.Content is not { } content
            || !content.IsDurable(offset, offset + expected.Length)
            || !_names.IsDurable(path))
        {
            return false;
        }

        byte[] bytes = new byte[expected.Length];
        return content.Bytes.Read(offset, bytes) == bytes.Length && expected.SequenceEqual(bytes);
    }

    /// <summary>Takes over the content of another disk, all of it durable; the process ends.</summary>
    /// <param name="image">The other disk: an old backup, the disk of another node, or an empty one.</param>
    public void RestoreFrom(SimulatedDisk image)
    {
        ArgumentNullException.ThrowIfNull(image);
        _names = image._names.Clone();
        Faults.Count(DiskFault.Replacement);
        BecomeDurable();
    }

    /// <summary>Gets a hash of all names, lengths and bytes as they read now.</summary>
    /// <returns>Equal for equal disks; what is pending makes no difference.</returns>
    public ulong Hash()
    {
        ulong hash = 0;
        foreach ((string path, NameEntry entry) in Entries(_names.Root, string.Empty))
        {
            hash += ImageHash.Mix(ImageHash.OfName(path) ^ (entry.Content?.Bytes.Hash() ?? 1));
        }

        return hash;
    }

    /// <summary>Finds where two disks differ in names, lengths or bytes as they read now.</summary>
    /// <param name="other">The other disk.</param>
    /// <returns>The first name and place that differ, in words; null if the disks are equal.</returns>
    public string? FirstDifference(SimulatedDisk other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var mine = Entries(_names.Root, string.Empty).ToDictionary(StringComparer.Ordinal);
        var others = Entries(other._names.Root, string.Empty).ToDictionary(StringComparer.Ordinal);
        foreach (string path in mine.Keys.Union(others.Keys).Order(StringComparer.Ordinal))
        {
            if (!mine.TryGetValue(path, out NameEntry here) || !others.TryGetValue(path, out NameEntry there))
            {
                return $"'{path}' is only on the {(mine.ContainsKey(path) ? "first" : "second")} disk";
            }

            if (here.Content is null || there.Content is null)
            {
                if (here.Content != there.Content)
                {
                    return $"'{path}' is a directory on one disk only";
                }
            }
            else if (here.Content.Bytes.FirstDifference(there.Content.Bytes) is >= 0 and long offset)
            {
                return $"'{path}' differs at offset {offset} (lengths {here.Content.Bytes.Length} and "
                    + $"{there.Content.Bytes.Length})";
            }
        }

        return null;
    }

    /// <summary>Copies the disk as it was at a moment of its past that is not settled yet.</summary>
    internal SimulatedDisk At(long position)
    {
        SimulatedDisk past = Clone();
        past.RewindTo(position);
        past.Position = position;
        past.Settle(position);
        return past;
    }

    /// <summary>Undoes what came after a moment that is not settled yet, and ends the process.</summary>
    internal void ReturnTo(long position)
    {
        RewindTo(position);
        Position = position;
        EndProcess();
        ListDirty();
    }

    /// <summary>Loses power at a moment, and lets someone else answer what is open.</summary>
    /// <returns>How many sectors, lengths and names were lost or torn.</returns>
    internal int LosePower(long position, PowerLoss loss, IChoices choices)
    {
        int lost = RewindTo(position);
        _names.Settle(position);
        _dirty.ForEach(content => content.Settle(position));
        if (loss.Sectors == SectorLoss.Prefix)
        {
            long first = _dirty.Select(content => content.FirstPending).Append(_names.FirstPending).Min();
            if (first <= position)
            {
                long kept = first - 1 + choices.Next((int)(position - first) + 2);
                Faults.Count(DiskFault.LyingFlush, _dirty.Count(content => content.HasConfirmedBeyond(kept)));
                lost += RewindTo(kept);
            }

            _names.KeepAll();
        }
        else
        {
            lost += _names.LosePower(loss.Names, choices);
        }

        foreach (SimulatedContent content in _names.Contents())
        {
            (int lostHere, bool hadConfirmed) = content.LosePower(loss.Sectors, choices);
            lost += lostHere;
            Faults.Count(DiskFault.LyingFlush, hadConfirmed ? 1 : 0);
        }

        BecomeDurable();
        return lost;
    }

    private static IEnumerable<KeyValuePair<string, NameEntry>> Entries(DirectoryNode directory, string path)
    {
        foreach ((string name, NameEntry entry) in directory.Current)
        {
            string child = FilePath.Combine(path, name);
            yield return new(child, entry);
            if (entry.Directory is { } below)
            {
                foreach (KeyValuePair<string, NameEntry> entryBelow in Entries(below, child))
                {
                    yield return entryBelow;
                }
            }
        }
    }

    private int RewindTo(long position) =>
        _names.Rewind(position) + _dirty.Sum(content => content.Rewind(position) ? 1 : 0);

    private void ListDirty()
    {
        _dirty.Clear();
        _usedBytes = Entries(_names.Root, string.Empty).Sum(entry => entry.Value.Content?.Bytes.Length ?? 0);
        foreach (SimulatedContent content in _names.Contents())
        {
            content.IsListed = content.IsPending;
            if (content.IsListed)
            {
                _dirty.Add(content);
            }
        }
    }

    private void BecomeDurable()
    {
        _names.KeepAll();
        foreach (SimulatedContent content in _names.Contents())
        {
            content.Sync();
        }

        _settled = Position;
        EndProcess();
        ListDirty();
    }
}
