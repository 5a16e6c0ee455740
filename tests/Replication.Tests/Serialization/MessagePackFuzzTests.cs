using System.Buffers;
using Replication.Serialization;

namespace Replication.Tests.Serialization;

/// <summary>Bytes of no or little sense: a value or a MessagePackSerializationException, never anything else.</summary>
public sealed class MessagePackFuzzTests
{
    private const int Seed = 20_26;

    [Fact]
    public void Random_bytes_are_read_or_refused_in_the_same_way_whole_and_in_pieces()
    {
        Random random = new(Seed);
        int read = 0;
        int refused = 0;
        for (int round = 0; round < 60_000; round++)
        {
            byte[] bytes = new byte[random.Next(0, 48)];
            random.NextBytes(bytes);
            if (bytes.Length > 0 && round % 2 == 0)
            {
                // Every first byte equally often, with its length field mostly small enough to be honest.
                bytes[0] = (byte)(round / 2);
                bytes.AsSpan(1, Math.Min(round % 4, bytes.Length - 1)).Clear();
            }

            string whole = Attempt(new MessagePackReader(bytes.AsSpan()), round);
            string parts = Attempt(new MessagePackReader(Segments.Split(bytes, every: 1 + (round % 5))), round);
            Assert.True(
                whole == parts,
                $"Seed {Seed}, round {round}, {Convert.ToHexString(bytes)}: {whole} against {parts}.");
            _ = whole.StartsWith("refused", StringComparison.Ordinal) ? refused++ : read++;
        }

        Assert.True(
            read > 5_000 && refused > 5_000,
            $"{read} were read, {refused} refused: one side is hardly tested.");
    }

    [Fact]
    public void Every_truncation_of_a_message_is_refused_and_every_flipped_bit_is_read_or_refused()
    {
        byte[] message = SomeMessage();
        MessagePackReader whole = new(message.AsSpan());
        whole.Skip();
        Assert.True(whole.End);

        for (int length = 0; length < message.Length; length++)
        {
            string outcome = Attempt(new MessagePackReader(message.AsSpan(0, length)), kind: 0);
            Assert.StartsWith("refused", outcome, StringComparison.Ordinal);
        }

        for (int bit = 0; bit < message.Length * 8; bit++)
        {
            byte[] flipped = [.. message];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            for (int kind = 0; kind < 12; kind++)
            {
                Attempt(new MessagePackReader(flipped.AsSpan()), kind);
            }
        }
    }

    [Fact]
    public void Random_values_come_back_as_they_went_in()
    {
        Random random = new(Seed);
        for (int round = 0; round < 5_000; round++)
        {
            long number = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            byte[] bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            string text = new([.. Enumerable.Range(0, random.Next(80)).Select(_ => (char)random.Next(0xd7ff))]);
            double real = BitConverter.Int64BitsToDouble(random.NextInt64());
            ArrayBufferWriter<byte> output = new();
            MessagePackWriter writer = new(output);
            writer.WriteMapHeader(2);
            writer.Write(number);
            writer.Write(bytes.AsSpan());
            writer.Write(text);
            writer.Write(real);
            writer.Flush();

            MessagePackReader reader = new(Segments.Split(output.WrittenSpan.ToArray(), every: 1 + random.Next(64)));
            Assert.Equal(2, reader.ReadMapHeader());
            Assert.Equal(number, reader.ReadInt64());
            Assert.Equal(bytes, reader.ReadBytes()!.Value.ToArray());
            Assert.Equal(text, reader.ReadString());
            Assert.Equal(BitConverter.DoubleToInt64Bits(real), BitConverter.DoubleToInt64Bits(reader.ReadDouble()));
            Assert.True(reader.End);
        }
    }

    private static string Attempt(MessagePackReader reader, int kind)
    {
        try
        {
            return (kind % 12) switch
            {
                1 => $"{reader.ReadInt32()}",
                2 => $"{reader.ReadUInt64()}",
                3 => $"{reader.ReadString()}",
                4 => Convert.ToHexString(reader.ReadBytesSpan()),
                5 => $"{reader.ReadArrayHeader()}",
                6 => $"{reader.ReadMapHeader()}",
                7 => $"{reader.ReadExtensionFormatHeader()}",
                8 => $"{BitConverter.DoubleToInt64Bits(reader.ReadDouble())}",
                9 => Convert.ToHexString(reader.ReadRaw().ToArray()),
                10 => $"{reader.ReadBoolean()}",
                11 => $"{reader.TryReadNil()} {reader.ReadSByte()}",
                _ => Skipped(reader),
            };
        }
        catch (MessagePackSerializationException e)
        {
            return "refused: " + e.Message;
        }
    }

    private static string Skipped(MessagePackReader reader)
    {
        reader.Skip();
        return $"skipped {reader.Consumed}";
    }

    private static byte[] SomeMessage()
    {
        ArrayBufferWriter<byte> output = new();
        MessagePackWriter writer = new(output);
        writer.WriteArrayHeader(9);
        writer.Write(1_000_000_000_000L);
        writer.Write(-40_000);
        writer.Write("a key");
        writer.Write(new byte[40].AsSpan());
        writer.WriteMapHeader(2);
        writer.Write(1);
        writer.Write(true);
        writer.WriteNil();
        writer.Write(2.5f);
        writer.Write(2.5);
        writer.WriteExtensionFormatHeader(new ExtensionHeader(-1, 12));
        writer.WriteRaw(new byte[12]);
        writer.WriteExtensionFormatHeader(new ExtensionHeader(3, 8));
        writer.WriteRaw(new byte[8]);
        writer.Write(new string('t', 40));
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
