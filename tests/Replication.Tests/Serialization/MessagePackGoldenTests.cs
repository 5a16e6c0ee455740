using System.Buffers;
using System.Globalization;
using System.Text;
using Replication.Serialization;

namespace Replication.Tests.Serialization;

/// <summary>Bytes against those of an independent implementation: see generate-golden.py.</summary>
public sealed class MessagePackGoldenTests
{
    [Fact]
    public void Every_value_is_written_as_the_independent_implementation_writes_it()
    {
        int compared = 0;
        foreach ((string kind, string value, byte[] expected) in Rows())
        {
            ArrayBufferWriter<byte> output = new();
            Write(output, kind, value);
            Assert.True(
                output.WrittenSpan.SequenceEqual(expected),
                $"{kind} {value}: wrote {Shown(output.WrittenSpan)}, expected {Shown(expected)}.");
            compared++;
        }

        Assert.True(compared > 500, $"Only {compared} values were compared.");
    }

    [Fact]
    public void Every_value_of_the_independent_implementation_is_read_back_to_its_end()
    {
        int compared = 0;
        foreach ((string kind, string value, byte[] encoded) in Rows())
        {
            MessagePackReader reader = new(encoded.AsSpan());
            if (kind is "arrayheader" or "mapheader")
            {
                // A header alone announces what isn't there; the reader must say so rather than believe it.
                AssertHeader(kind, value, encoded);
                continue;
            }

            AssertRead(ref reader, kind, value);
            Assert.True(reader.End, $"{kind} {value}: {reader.Consumed} of {encoded.Length} bytes were read.");

            MessagePackReader skipping = new(encoded.AsSpan());
            skipping.Skip();
            Assert.True(skipping.End, $"{kind} {value}: {skipping.Consumed} of {encoded.Length} bytes were skipped.");
            compared++;
        }

        Assert.True(compared > 500, $"Only {compared} values were compared.");
    }

    internal static void Write(IBufferWriter<byte> output, string kind, string value)
    {
        MessagePackWriter writer = new(output);
        switch (kind)
        {
            case "nil":
                writer.WriteNil();
                break;
            case "bool":
                writer.Write(bool.Parse(value));
                break;
            case "int" when value[0] == '-':
                writer.Write(long.Parse(value, CultureInfo.InvariantCulture));
                break;
            case "int":
                writer.Write(ulong.Parse(value, CultureInfo.InvariantCulture));
                break;
            case "double":
                writer.Write(BitConverter.UInt64BitsToDouble(Convert.ToUInt64(value, 16)));
                break;
            case "float":
                writer.Write(BitConverter.UInt32BitsToSingle(Convert.ToUInt32(value, 16)));
                break;
            case "str" or "text":
                writer.Write(Text(kind, value));
                break;
            case "bin":
                writer.Write(Enumerable.Repeat((byte)0x5a, Count(value)).ToArray().AsSpan());
                break;
            case "array":
                writer.WriteArrayHeader(Count(value));
                for (int i = 0; i < Count(value); i++)
                {
                    writer.WriteNil();
                }

                break;
            case "arrayheader":
                writer.WriteArrayHeader(uint.Parse(value, CultureInfo.InvariantCulture));
                break;
            case "mapheader":
                writer.WriteMapHeader(uint.Parse(value, CultureInfo.InvariantCulture));
                break;
            case "ext":
                string[] parts = value.Split(':');
                uint length = uint.Parse(parts[1], CultureInfo.InvariantCulture);
                writer.WriteExtensionFormatHeader(
                    new ExtensionHeader(sbyte.Parse(parts[0], CultureInfo.InvariantCulture), length));
                writer.WriteRaw(Enumerable.Repeat((byte)0x11, (int)length).ToArray());
                break;
            default:
                throw new InvalidOperationException($"The golden file holds a kind that no test knows: {kind}.");
        }

        writer.Flush();
    }

    private static void AssertRead(ref MessagePackReader reader, string kind, string value)
    {
        switch (kind)
        {
            case "nil":
                Assert.Equal(MessagePackType.Nil, reader.NextMessagePackType);
                Assert.True(reader.TryReadNil());
                break;
            case "bool":
                Assert.Equal(bool.Parse(value), reader.ReadBoolean());
                break;
            case "int" when value[0] == '-':
                Assert.Equal(MessagePackType.Integer, reader.NextMessagePackType);
                Assert.Equal(long.Parse(value, CultureInfo.InvariantCulture), reader.ReadInt64());
                break;
            case "int":
                Assert.Equal(ulong.Parse(value, CultureInfo.InvariantCulture), reader.ReadUInt64());
                break;
            case "double":
                Assert.Equal(Convert.ToUInt64(value, 16), BitConverter.DoubleToUInt64Bits(reader.ReadDouble()));
                break;
            case "float":
                Assert.Equal(Convert.ToUInt32(value, 16), BitConverter.SingleToUInt32Bits(reader.ReadSingle()));
                break;
            case "str" or "text":
                Assert.Equal(Text(kind, value), reader.ReadString());
                break;
            case "bin":
                byte[] expected = [.. Enumerable.Repeat((byte)0x5a, Count(value))];
                Assert.True(reader.ReadBytesSpan().SequenceEqual(expected));
                break;
            case "array":
                Assert.Equal(Count(value), reader.ReadArrayHeader());
                for (int i = 0; i < Count(value); i++)
                {
                    reader.ReadNil();
                }

                break;
            case "ext":
                ExtensionHeader header = reader.ReadExtensionFormatHeader();
                Assert.Equal(value, $"{header.TypeCode}:{header.Length}");
                Assert.True(reader.ReadRaw(header.Length).ToArray().All(b => b == 0x11));
                break;
            default:
                throw new InvalidOperationException($"The golden file holds a kind that no test knows: {kind}.");
        }
    }

    private static void AssertHeader(string kind, string value, byte[] encoded)
    {
        uint count = uint.Parse(value, CultureInfo.InvariantCulture);
        bool isMap = kind == "mapheader";
        if (count > 0)
        {
            Assert.Throws<MessagePackSerializationException>(() => ReadHeader(encoded, isMap));
        }

        if (count <= 65536)
        {
            byte[] followed = [.. encoded, .. new byte[count * (isMap ? 2 : 1)]];
            Assert.Equal((int)count, ReadHeader(followed, isMap));
        }
    }

    private static int ReadHeader(byte[] encoded, bool isMap)
    {
        MessagePackReader reader = new(encoded.AsSpan());
        return isMap ? reader.ReadMapHeader() : reader.ReadArrayHeader();
    }

    internal static IEnumerable<(string Kind, string Value, byte[] Bytes)> Rows()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Serialization", "messagepack-golden.txt");
        foreach (string line in File.ReadLines(path))
        {
            string[] columns = line.Split('\t');
            yield return (columns[0], columns[1], Expanded(columns[2]));
        }
    }

    private static string Text(string kind, string value) => kind == "str"
        ? new string('a', Count(value))
        : Encoding.BigEndianUnicode.GetString(Convert.FromHexString(value));

    private static int Count(string value) =>
        int.Parse(value[(value.IndexOf('*', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);

    private static byte[] Expanded(string hex)
    {
        List<byte> bytes = [];
        for (int i = 0; i < hex.Length;)
        {
            byte b = Convert.ToByte(hex.Substring(i, 2), 16);
            i += 2;
            int times = 1;
            if (i < hex.Length && hex[i] == '*')
            {
                int end = hex.IndexOf('.', i);
                times = int.Parse(hex.AsSpan(i + 1, end - i - 1), NumberStyles.None, CultureInfo.InvariantCulture);
                i = end + 1;
            }

            bytes.AddRange(Enumerable.Repeat(b, times));
        }

        return [.. bytes];
    }

    private static string Shown(ReadOnlySpan<byte> bytes) =>
        Convert.ToHexString(bytes[..Math.Min(bytes.Length, 32)]) + $" ({bytes.Length} bytes)";
}
