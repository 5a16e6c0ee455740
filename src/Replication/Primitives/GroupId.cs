using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Replication.Primitives;

/// <summary>Short identity of a group on disk and wire: the first 8 bytes, little-endian, of the SHA-256 of its UTF-8
/// name.</summary>
/// <param name="Value">The number; never 0 for a real group.</param>
/// <remarks>A host refuses two groups whose names lead to the same number.</remarks>
public readonly record struct GroupId(long Value)
{
    /// <summary>Computes the identity of a name.</summary>
    /// <param name="name">The group's name: 1 to 128 characters.</param>
    /// <returns>The identity.</returns>
    public static GroupId FromName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, 128, nameof(name));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        long value = BinaryPrimitives.ReadInt64LittleEndian(hash);
        return new GroupId(value == 0 ? 1 : value);
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
