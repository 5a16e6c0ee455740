namespace Replication.Testing.Disks;

/// <summary>The bytes of a file in pages that images share until one of them is written: cloning copies no bytes.</summary>
/// <remarks>Bytes past the length are zeros. A page of zeros need not exist.</remarks>
internal sealed class PagedBytes
{
    private Page?[] _pages = [];

    public long Length { get; private set; }

    /// <summary>Reads up to the length; returns how many bytes there were.</summary>
    public int Read(long offset, Span<byte> destination)
    {
        int count = (int)Math.Clamp(Length - offset, 0, destination.Length);
        for (int done = 0; done < count;)
        {
            (int index, int start) = PlaceOf(offset + done);
            Span<byte> target = destination[done..count];
            int chunk = Math.Min(Page.Size - start, target.Length);
            if (index < _pages.Length && _pages[index] is { } page)
            {
                page.Bytes.AsSpan(start, chunk).CopyTo(target);
            }
            else
            {
                target[..chunk].Clear();
            }

            done += chunk;
        }

        return count;
    }

    /// <summary>Reads with zeros past the length.</summary>
    public void ReadPadded(long offset, Span<byte> destination) => destination[Read(offset, destination)..].Clear();

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            return;
        }

        long end = checked(offset + source.Length);
        Reserve(end);
        while (!source.IsEmpty)
        {
            (int index, int start) = PlaceOf(offset);
            int chunk = Math.Min(Page.Size - start, source.Length);
            ReadOnlySpan<byte> bytes = source[..chunk];
            if (_pages[index] is not null || bytes.ContainsAnyExcept((byte)0))
            {
                bytes.CopyTo(Owned(index).Bytes.AsSpan(start));
            }

            offset += chunk;
            source = source[chunk..];
        }

        Length = Math.Max(Length, end);
    }

    /// <summary>Sets the length; what is cut off reads as zeros if the file grows again.</summary>
    public void SetLength(long length)
    {
        if (length < Length)
        {
            (int index, int start) = PlaceOf(length);
            if (start > 0 && index < _pages.Length && _pages[index] is not null)
            {
                Owned(index).Bytes.AsSpan(start).Clear();
                index++;
            }
            else if (start > 0)
            {
                index++;
            }

            if (index < _pages.Length)
            {
                _pages.AsSpan(index).Clear();
            }
        }

        Length = length;
    }

    public PagedBytes Clone()
    {
        var clone = new PagedBytes { _pages = new Page?[_pages.Length], Length = Length };
        for (int i = 0; i < _pages.Length; i++)
        {
            clone._pages[i] = _pages[i]?.Share();
        }

        return clone;
    }

    public ulong Hash()
    {
        ulong hash = ImageHash.Mix((ulong)Length + 1);
        for (int i = 0; i < _pages.Length; i++)
        {
            ulong page = _pages[i]?.Hash() ?? 0;
            hash += page == 0 ? 0 : ImageHash.Mix(page + (ulong)i);
        }

        return hash;
    }

    /// <summary>Finds the first byte that differs; -1 if the files are equal, length included.</summary>
    public long FirstDifference(PagedBytes other)
    {
        Span<byte> mine = stackalloc byte[Page.Size];
        Span<byte> others = stackalloc byte[Page.Size];
        long common = Math.Min(Length, other.Length);
        for (long offset = 0; offset < common; offset += Page.Size)
        {
            ReadPadded(offset, mine);
            other.ReadPadded(offset, others);
            int same = mine.CommonPrefixLength(others);
            if (same < Page.Size && offset + same < common)
            {
                return offset + same;
            }
        }

        return Length == other.Length ? -1 : common;
    }

    private static (int Index, int Start) PlaceOf(long offset) =>
        ((int)(offset / Page.Size), (int)(offset % Page.Size));

    private void Reserve(long end)
    {
        int needed = checked((int)((end + Page.Size - 1) / Page.Size));
        if (_pages.Length < needed)
        {
            Array.Resize(ref _pages, Math.Max(needed, _pages.Length * 2));
        }
    }

    private Page Owned(int index)
    {
        Page? page = _pages[index];
        if (page is null || page.IsShared)
        {
            page = page?.Copy() ?? new Page();
            _pages[index] = page;
        }

        return page;
    }
}
