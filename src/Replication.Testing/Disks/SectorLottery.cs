using Replication.Raft.Determinism;

namespace Replication.Testing.Disks;

/// <summary>Decides sector by sector what a power loss leaves of the pending changes of one file.</summary>
/// <param name="bytes">The file as it reads.</param>
/// <param name="pending">What is pending on it.</param>
/// <param name="medium">What is on the medium instead of what is believed to be; null if nothing.</param>
internal sealed class SectorLottery(PagedBytes bytes, PendingChanges pending, Medium? medium)
{
    private const int SectorBytes = SimulatedContent.SectorBytes;
    private const int TornKinds = 4;

    /// <summary>Changes the file into what is left of it.</summary>
    /// <returns>How many sectors are not as they had been written; a lost length counts as one.</returns>
    public int Draw(SectorLoss loss, IChoices choices)
    {
        long[] sectors = Touched();
        long oldLength = pending[0].OldLength;
        long length = loss switch
        {
            SectorLoss.All or SectorLoss.DataWithoutLength => oldLength,
            SectorLoss.LengthWithoutData => bytes.Length,
            _ => DrawLength(choices),
        };
        int torn = loss == SectorLoss.Torn ? choices.Next(sectors.Length + 1) - 1 : -1;
        byte[] images = new byte[sectors.Length * SectorBytes];
        int lost = length == bytes.Length ? 0 : 1;
        for (int i = 0; i < sectors.Length; i++)
        {
            Span<byte> image = images.AsSpan(i * SectorBytes, SectorBytes);
            if (i == torn)
            {
                Tear(sectors[i], choices, image);
                lost++;
                continue;
            }

            int versions = CountVersions(sectors[i]);
            int version = loss switch
            {
                SectorLoss.All or SectorLoss.LengthWithoutData => 0,
                SectorLoss.DataWithoutLength => versions - 1,
                _ => choices.Next(versions),
            };
            ReadVersion(sectors[i], version, image);
            lost += version == versions - 1 ? 0 : 1;
        }

        bytes.SetLength(Math.Max(bytes.Length, length));
        for (int i = 0; i < sectors.Length; i++)
        {
            bytes.Write(sectors[i] * SectorBytes, images.AsSpan(i * SectorBytes, SectorBytes));
        }

        bytes.SetLength(length);
        return lost;
    }

    /// <summary>Notes for each written sector what the medium holds as long as nobody writes it there.</summary>
    public void Diverge()
    {
        Span<byte> image = stackalloc byte[SectorBytes];
        foreach (long sector in Touched())
        {
            ReadVersion(sector, 0, image);
            medium!.Diverge(sector, image);
        }
    }

    /// <summary>Chooses one of the written sectors.</summary>
    public bool TryChoose(SplitMix64 stream, out long sector, out byte[] old, out byte[] written)
    {
        long[] sectors = Touched();
        (old, written) = (new byte[SectorBytes], new byte[SectorBytes]);
        sector = sectors.Length == 0 ? -1 : sectors[stream.NextBelow(sectors.Length)];
        if (sector >= 0)
        {
            ReadVersion(sector, 0, old);
            bytes.ReadPadded(sector * SectorBytes, written);
        }

        return sector >= 0;
    }

    private static bool Touches(in PendingChange change, long sector) =>
        change.Offset < (sector + 1) * SectorBytes && sector * SectorBytes < change.End;

    private long[] Touched()
    {
        var sectors = new SortedSet<long>();
        for (int i = 0; i < pending.Count; i++)
        {
            for (long s = pending[i].Offset / SectorBytes; s * SectorBytes < pending[i].End; s++)
            {
                sectors.Add(s);
            }
        }

        return [.. sectors];
    }

    private long DrawLength(IChoices choices)
    {
        var lengths = new List<long>();
        for (int i = 0; i < pending.Count; i++)
        {
            if (!lengths.Contains(pending[i].OldLength))
            {
                lengths.Add(pending[i].OldLength);
            }
        }

        if (!lengths.Contains(bytes.Length))
        {
            lengths.Add(bytes.Length);
        }

        return lengths[lengths.Count == 1 ? 0 : choices.Next(lengths.Count)];
    }

    private int CountVersions(long sector)
    {
        int versions = 1;
        for (int i = 0; i < pending.Count; i++)
        {
            versions += Touches(pending[i], sector) ? 1 : 0;
        }

        return versions;
    }

    /// <summary>Reads a sector as it was after some of the changes that touch it; 0 is what was durable.</summary>
    private void ReadVersion(long sector, int version, Span<byte> image)
    {
        if (version == 0 && medium is not null && medium.Diverged.TryGetValue(sector, out byte[]? diverged))
        {
            diverged.CopyTo(image);
            return;
        }

        bytes.ReadPadded(sector * SectorBytes, image);
        for (int i = pending.Count - 1, undo = CountVersions(sector) - 1; i >= 0 && undo > version; i--)
        {
            if (Touches(pending[i], sector))
            {
                Undo(pending[i], sector * SectorBytes, image);
                undo--;
            }
        }
    }

    private void Undo(in PendingChange change, long start, Span<byte> image)
    {
        long from = Math.Max(change.Offset, start);
        long savedEnd = Math.Min(change.Offset + change.SavedBytes, start + SectorBytes);
        if (from < savedEnd)
        {
            pending.SavedOf(change).Slice((int)(from - change.Offset), (int)(savedEnd - from))
                .CopyTo(image[(int)(from - start)..]);
        }

        if (change.OldLength < start + SectorBytes)
        {
            image[(int)Math.Max(0, change.OldLength - start)..].Clear();
        }
    }

    private void Tear(long sector, IChoices choices, Span<byte> image)
    {
        Span<byte> written = stackalloc byte[SectorBytes];
        bytes.ReadPadded(sector * SectorBytes, written);
        ReadVersion(sector, 0, image);
        int kind = choices.Next(TornKinds);
        int half = SectorBytes / 2;
        switch (kind)
        {
            case 0:
                image.Clear();
                break;
            case 1:
                Garble(image, (ulong)sector);
                break;
            case 2:
                written[..half].CopyTo(image);
                break;
            default:
                written[half..].CopyTo(image[half..]);
                break;
        }
    }

    // Fixed garbage: what it is doesn't matter, that it is the same in each run does.
    private static void Garble(Span<byte> image, ulong sector)
    {
        for (int i = 0; i < image.Length; i++)
        {
            image[i] = (byte)(ImageHash.Mix((sector << 16) + (ulong)i + 1) | 1);
        }
    }
}
