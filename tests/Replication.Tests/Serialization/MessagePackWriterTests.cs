using System.Buffers;
using Replication.Serialization;

namespace Replication.Tests.Serialization;

public sealed class MessagePackWriterTests
{
    [Fact]
    public void Every_whole_number_type_writes_the_same_shortest_form()
    {
        Assert.Equal("05", Written((ref MessagePackWriter w) => w.Write((byte)5)));
        Assert.Equal("05", Written((ref MessagePackWriter w) => w.Write((sbyte)5)));
        Assert.Equal("05", Written((ref MessagePackWriter w) => w.Write((short)5)));
        Assert.Equal("05", Written((ref MessagePackWriter w) => w.Write((ushort)5)));
        Assert.Equal("05", Written((ref MessagePackWriter w) => w.Write(5)));
        Assert.Equal("05", Written((ref MessagePackWriter w) => w.Write(5u)));
        Assert.Equal("05", Written((ref MessagePackWriter w) => w.Write(5L)));
        Assert.Equal("05", Written((ref MessagePackWriter w) => w.Write(5UL)));
        Assert.Equal("FB", Written((ref MessagePackWriter w) => w.Write((sbyte)-5)));
        Assert.Equal("FB", Written((ref MessagePackWriter w) => w.Write((short)-5)));
        Assert.Equal("FB", Written((ref MessagePackWriter w) => w.Write(-5)));
        Assert.Equal("FB", Written((ref MessagePackWriter w) => w.Write(-5L)));
    }

    [Fact]
    public void Null_text_and_null_bytes_are_the_absent_value()
    {
        Assert.Equal("C0", Written((ref MessagePackWriter w) => w.Write((string?)null)));
        Assert.Equal("C0", Written((ref MessagePackWriter w) => w.Write((byte[]?)null)));
    }

    [Fact]
    public void Bytes_in_segments_are_written_as_one_value()
    {
        byte[] bytes = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];

        string whole = Written((ref MessagePackWriter w) => w.Write(bytes.AsSpan()));
        string parts = Written((ref MessagePackWriter w) => w.Write(Segments.Split(bytes, every: 7)));

        Assert.Equal(whole, parts);
        Assert.StartsWith("C5012C0001", whole, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_and_nothing_is_written()
    {
        ArrayBufferWriter<byte> output = new();

        Assert.ThrowsAny<ArgumentException>(() =>
        {
            MessagePackWriter writer = new(output);
            try
            {
                writer.Write("\ud83d");
            }
            finally
            {
                writer.Flush();
            }
        });

        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void A_negative_length_is_the_callers_mistake()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Written((ref MessagePackWriter w) => w.WriteArrayHeader(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Written((ref MessagePackWriter w) => w.WriteMapHeader(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Written((ref MessagePackWriter w) => w.WriteBinHeader(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Written((ref MessagePackWriter w) => w.WriteStringHeader(-1)));
    }

    [Fact]
    public void Nothing_reaches_the_output_before_the_flush_and_each_flush_continues()
    {
        ArrayBufferWriter<byte> output = new();
        MessagePackWriter writer = new(output);

        writer.Write(1);
        Assert.Equal(0, output.WrittenCount);
        writer.Flush();
        Assert.Equal(1, output.WrittenCount);
        writer.Flush();
        writer.Write(2);
        writer.Flush();

        Assert.Equal("0102", Convert.ToHexString(output.WrittenSpan));
    }

    [Fact]
    public void Values_cross_the_ends_of_small_buffers_unharmed()
    {
        SmallBuffers output = new();
        MessagePackWriter writer = new(output);
        for (int i = 0; i < 1000; i++)
        {
            writer.Write(i * 1_000_003L);
            writer.Write("text " + i);
            writer.Write(new byte[i % 50].AsSpan());
        }

        writer.Flush();

        MessagePackReader reader = new(output.Bytes);
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(i * 1_000_003L, reader.ReadInt64());
            Assert.Equal("text " + i, reader.ReadString());
            Assert.Equal(i % 50, reader.ReadBytesSpan().Length);
        }

        Assert.True(reader.End);
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        ArrayBufferWriter<byte> output = new(4096);
        byte[] value = new byte[256];
        WriteAll(output, value);
        output.ResetWrittenCount();

        long before = GC.GetAllocatedBytesForCurrentThread();
        WriteAll(output, value);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);

        static void WriteAll(ArrayBufferWriter<byte> output, byte[] value)
        {
            MessagePackWriter writer = new(output);
            writer.WriteArrayHeader(5);
            writer.Write(long.MaxValue);
            writer.Write("key");
            writer.WriteString("raw"u8);
            writer.Write(value.AsSpan());
            writer.Write(1.5);
            writer.Flush();
        }
    }

    private delegate void WriteAction(ref MessagePackWriter writer);

    private static string Written(WriteAction write)
    {
        ArrayBufferWriter<byte> output = new();
        MessagePackWriter writer = new(output);
        write(ref writer);
        writer.Flush();
        return Convert.ToHexString(output.WrittenSpan);
    }

    /// <summary>Gives never more room than was asked for.</summary>
    private sealed class SmallBuffers : IBufferWriter<byte>
    {
        private readonly List<byte> _bytes = [];
        private byte[] _lent = [];

        public ReadOnlySpan<byte> Bytes => _bytes.ToArray();

        public void Advance(int count)
        {
            Assert.InRange(count, 0, _lent.Length);
            _bytes.AddRange(_lent.AsSpan(0, count));
            _lent = [];
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => _lent = new byte[Math.Max(sizeHint, 1)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
