using System.Text.Json;

namespace Replication.Testing.Histories;

/// <summary>Hands out the same string for the same bytes, since a history repeats few names a million times.</summary>
/// <remarks>Each slot remembers the last string that fell into it: bounded, and a miss only costs an
/// allocation.</remarks>
internal sealed class StringCache
{
    private const int Slots = 1 << 14;
    private const int LengthMax = 64;

    private readonly (byte[] Bytes, string Text)[] _slots = new (byte[], string)[Slots];

    public string Get(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped || reader.HasValueSequence || reader.ValueSpan.Length > LengthMax)
        {
            return reader.GetString()!;
        }

        ReadOnlySpan<byte> bytes = reader.ValueSpan;
        uint hash = 2166136261;
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * 16777619;
        }

        ref (byte[] Bytes, string Text) slot = ref _slots[(hash ^ (hash >> 15)) & (Slots - 1)];
        if (slot.Bytes is null || !bytes.SequenceEqual(slot.Bytes))
        {
            slot = (bytes.ToArray(), reader.GetString()!);
        }

        return slot.Text;
    }
}
