using System.Buffers.Binary;

namespace Replication.Testing.Disks;

/// <summary>4 KiB of a simulated file. Shared pages are never written again: whoever wants to takes a copy.</summary>
internal sealed class Page
{
    public const int Size = 4096;

    private ulong _hash;
    private bool _isHashed;

    private Page(byte[] bytes)
    {
        Bytes = bytes;
    }

    public Page()
        : this(new byte[Size])
    {
    }

    public byte[] Bytes { get; }

    /// <summary>Gets a value indicating whether more than one image holds it.</summary>
    public bool IsShared { get; private set; }

    public Page Share()
    {
        IsShared = true;
        return this;
    }

    public Page Copy() => new((byte[])Bytes.Clone());

    /// <summary>Gets a hash that is 0 for zeros, so that a page of zeros equals one that is not there.</summary>
    public ulong Hash()
    {
        if (_isHashed)
        {
            return _hash;
        }

        ulong hash = 0;
        for (int i = 0; i < Size; i += sizeof(ulong))
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(Bytes.AsSpan(i));
            hash += word == 0 ? 0 : ImageHash.Mix(word ^ ((ulong)(i + 1) * 0x9E3779B97F4A7C15));
        }

        _hash = hash;
        _isHashed = IsShared;
        return hash;
    }
}

/// <summary>The mixing step of the hashes of images.</summary>
internal static class ImageHash
{
    /// <summary>Spreads each bit over all 64 (the finalizer of SplitMix64).</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    public static ulong OfName(string name)
    {
        ulong hash = (ulong)name.Length;
        foreach (char letter in name)
        {
            hash = Mix(hash ^ letter) + 0x9E3779B97F4A7C15;
        }

        return hash;
    }
}
