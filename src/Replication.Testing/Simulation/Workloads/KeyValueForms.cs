using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Replication.Kv;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>The keys and values of the workload as bytes.</summary>
internal static class KeyValueForms
{
    private const char RegisterPrefix = 'r';

    public static ReadOnlyMemory<byte> OneByte { get; } = new byte[] { 1 };

    /// <summary>Gets what no register's key is before.</summary>
    public static ReadOnlyMemory<byte> RegistersFrom { get; } = new[] { (byte)RegisterPrefix };

    /// <summary>Gets what every register's key is before.</summary>
    public static ReadOnlyMemory<byte> RegistersTo { get; } = new[] { (byte)(RegisterPrefix + 1) };

    /// <summary>Gets the key of a counter: each increment makes its value a byte longer.</summary>
    public static byte[] CounterKey(int number) => Encoding.UTF8.GetBytes(CounterName(number));

    public static string CounterName(int number) =>
        number == 0 ? "counter" : string.Create(CultureInfo.InvariantCulture, $"counter{number}");

    public static byte[] RegisterKey(int number) => Encoding.UTF8.GetBytes(RegisterName(number));

    public static string RegisterName(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{RegisterPrefix}{number}");

    /// <summary>Reads the number of a register from its key; -1 if it is no register's.</summary>
    public static int RegisterNumber(ReadOnlySpan<byte> key) =>
        key.Length > 1 && key[0] == RegisterPrefix
        && int.TryParse(key[1..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;

    public static byte[] ListKey(int number) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"l{number}"));

    /// <summary>Gets the bytes of a register's value: its number, then padding that follows from it.</summary>
    public static byte[] RegisterValue(long value, int padding)
    {
        byte[] bytes = new byte[sizeof(long) + padding];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes.AsSpan(sizeof(long)).Fill((byte)value);
        return bytes;
    }

    /// <summary>Reads a register's value; -1 if the bytes are none that was written.</summary>
    public static long RegisterValue(bool found, ReadOnlySpan<byte> bytes)
    {
        if (!found)
        {
            return 0;
        }

        if (bytes.Length < sizeof(long))
        {
            return -1;
        }

        long value = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return bytes[sizeof(long)..].ContainsAnyExcept((byte)value) ? -1 : value;
    }

    public static byte[] Element(int element)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, element);
        return bytes;
    }

    public static IReadOnlyList<int> Elements(ReadOnlySpan<byte> bytes)
    {
        int[] elements = new int[bytes.Length / sizeof(int)];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]);
        }

        return elements;
    }

    public static KeyValueBatch Transaction(IReadOnlyList<ListStep> steps)
    {
        KeyValueBatch batch = new();
        for (int i = 0; i < steps.Count; i++)
        {
            byte[] key = ListKey(steps[i].Key);
            _ = steps[i].IsAppend ? batch.Append(key, Element(steps[i].Element)) : batch.Get(key);
        }

        return batch;
    }
}
