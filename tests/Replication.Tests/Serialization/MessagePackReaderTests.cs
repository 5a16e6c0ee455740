using System.Buffers;
using Replication.Serialization;

namespace Replication.Tests.Serialization;

public sealed class MessagePackReaderTests
{
    [Theory]
    [InlineData("dd7fffffff")]
    [InlineData("ddffffffff")]
    [InlineData("df40000000")]
    [InlineData("dfffffffff")]
    [InlineData("c6ffffffff")]
    [InlineData("c67fffffff00")]
    [InlineData("dbffffffff")]
    [InlineData("c9ffffffff05")]
    [InlineData("9f00")]
    [InlineData("dcffff00")]
    public void A_length_beyond_the_data_is_refused_before_anything_is_allocated(string hex)
    {
        byte[] hostile = Convert.FromHexString(hex);
        ReadAnything(hostile);

        long before = GC.GetAllocatedBytesForCurrentThread();
        ReadAnything(hostile);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated < 16_384, $"{allocated} bytes were allocated for {hex}.");

        static void ReadAnything(byte[] bytes) => Assert.Throws<MessagePackSerializationException>(() =>
        {
            MessagePackReader reader = new(bytes.AsSpan());
            reader.Skip();
        });
    }

    [Theory]
    [InlineData("ccff", "sbyte")]
    [InlineData("cd0100", "byte")]
    [InlineData("ff", "byte")]
    [InlineData("cd8000", "short")]
    [InlineData("ce00010000", "ushort")]
    [InlineData("ce80000000", "int")]
    [InlineData("d3ffffffff7fffffff", "int")]
    [InlineData("cf0000000100000000", "uint")]
    [InlineData("ff", "uint")]
    [InlineData("cf8000000000000000", "long")]
    [InlineData("ff", "ulong")]
    public void A_number_that_does_not_fit_is_refused_not_cut(string hex, string type)
    {
        byte[] encoded = Convert.FromHexString(hex);

        MessagePackSerializationException e =
            Assert.Throws<MessagePackSerializationException>(() => ReadAs(encoded, type));

        Assert.Contains("does not fit", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cf0000000000000005")]
    [InlineData("d30000000000000005")]
    [InlineData("ce00000005")]
    [InlineData("d200000005")]
    [InlineData("cd0005")]
    [InlineData("d10005")]
    [InlineData("cc05")]
    [InlineData("d005")]
    [InlineData("05")]
    public void A_number_is_read_from_every_form_that_holds_it(string hex)
    {
        byte[] encoded = Convert.FromHexString(hex);

        string[] types = ["byte", "sbyte", "short", "ushort", "int", "uint", "long", "ulong", "double", "float"];
        foreach (string type in types)
        {
            Assert.Equal(5m, ReadAs(encoded, type));
        }
    }

    [Fact]
    public void Another_type_than_the_one_asked_for_is_refused_with_offset_and_both_types()
    {
        MessagePackSerializationException e = Assert.Throws<MessagePackSerializationException>(() =>
        {
            MessagePackReader reader = new((ReadOnlySpan<byte>)[0xc0, 0xa1, 0x61]);
            reader.ReadNil();
            reader.ReadInt32();
        });

        Assert.Equal("Expected a whole number but found 0xa1 (String) before offset 2.", e.Message);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused()
    {
        Assert.Throws<MessagePackSerializationException>(() =>
        {
            MessagePackReader reader = new((ReadOnlySpan<byte>)[0xa2, 0xc3, 0x28]);
            reader.ReadString();
        });
    }

    [Fact]
    public void The_byte_without_a_meaning_is_refused()
    {
        Assert.Throws<MessagePackSerializationException>(() =>
        {
            MessagePackReader reader = new((ReadOnlySpan<byte>)[0xc1]);
            Assert.Equal(MessagePackType.Unknown, reader.NextMessagePackType);
            reader.Skip();
        });
    }

    [Fact]
    public void Nesting_to_the_limit_is_skipped_and_one_level_more_is_refused()
    {
        byte[] nested = [.. Enumerable.Repeat((byte)0x91, MessagePackReader.DepthMax), 0xc0];
        MessagePackReader reader = new(nested.AsSpan());
        reader.Skip();
        Assert.True(reader.End);
        Assert.Equal(0, reader.Depth);

        byte[] tooDeep = [0x91, .. nested];
        MessagePackSerializationException e = Assert.Throws<MessagePackSerializationException>(() =>
        {
            MessagePackReader deep = new(tooDeep.AsSpan());
            deep.Skip();
        });
        Assert.Contains("nested deeper than 64", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_million_levels_of_nesting_end_in_an_exception_not_in_the_end_of_the_stack()
    {
        byte[] bomb = [.. Enumerable.Repeat((byte)0x91, 1_000_000)];

        Assert.Throws<MessagePackSerializationException>(() =>
        {
            MessagePackReader reader = new(bomb.AsSpan());
            reader.Skip();
        });
    }

    [Fact]
    public void Leaving_more_often_than_entering_is_the_callers_mistake()
    {
        Assert.Throws<InvalidOperationException>(() =>
        {
            MessagePackReader reader = new(ReadOnlySpan<byte>.Empty);
            reader.EnterNested();
            reader.LeaveNested();
            reader.LeaveNested();
        });
    }

    [Fact]
    public void An_absent_value_is_read_once_and_nothing_else_is_taken_for_it()
    {
        MessagePackReader reader = new((ReadOnlySpan<byte>)[0xc0, 0x01]);

        Assert.True(reader.IsNil);
        Assert.True(reader.TryReadNil());
        Assert.False(reader.TryReadNil());
        Assert.Equal(1, reader.ReadInt32());
        Assert.False(reader.IsNil);
        Assert.False(reader.TryReadNil());
    }

    [Fact]
    public void A_raw_value_is_the_bytes_of_the_whole_value()
    {
        byte[] encoded = [0x01, 0x92, 0xa1, 0x61, 0x81, 0x02, 0xc0, 0x03];
        MessagePackReader reader = new(new ReadOnlyMemory<byte>(encoded));
        reader.ReadInt32();

        Assert.Equal(encoded[1..7], reader.ReadRaw().ToArray());
        Assert.Equal(3, reader.ReadInt32());
        Assert.True(reader.End);
    }

    [Fact]
    public void A_peek_reader_leaves_the_reader_where_it_is()
    {
        MessagePackReader reader = new((ReadOnlySpan<byte>)[0x01, 0x02]);
        MessagePackReader peek = reader.CreatePeekReader();

        Assert.Equal(1, peek.ReadInt32());
        Assert.Equal(2, peek.ReadInt32());
        Assert.Equal(0, reader.Consumed);
        Assert.Equal(1, reader.ReadInt32());
    }

    [Fact]
    public void Text_and_bytes_of_one_segment_are_read_without_allocating()
    {
        byte[] encoded = [0xa3, 0x61, 0x62, 0x63, 0xc4, 0x02, 0x01, 0x02];
        ReadBoth(encoded);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int total = ReadBoth(encoded);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(5, total);
        Assert.Equal(0, allocated);

        static int ReadBoth(byte[] bytes)
        {
            MessagePackReader reader = new(bytes.AsSpan());
            bool isWhole = reader.TryReadStringSpan(out ReadOnlySpan<byte> text);
            return (isWhole ? text.Length : -1) + reader.ReadBytesSpan().Length;
        }
    }

    [Fact]
    public void Text_over_two_segments_is_left_to_the_copying_read()
    {
        ReadOnlySequence<byte> split = Segments.Split([0xa3, 0x61, 0x62, 0x63], every: 2);
        MessagePackReader reader = new(split);

        Assert.False(reader.TryReadStringSpan(out _));
        Assert.Equal(0, reader.Consumed);
        Assert.Equal("abc", reader.ReadString());
    }

    [Fact]
    public void Values_are_read_the_same_wherever_the_segments_are_cut()
    {
        int read = 0;
        foreach ((string kind, string value, byte[] encoded) in MessagePackGoldenTests.Rows())
        {
            if (kind is "arrayheader" or "mapheader" || encoded.Length >= 40)
            {
                continue;
            }

            for (int every = 1; every <= Math.Min(encoded.Length, 10); every++)
            {
                MessagePackReader whole = new(encoded.AsSpan());
                MessagePackReader parts = new(Segments.Split(encoded, every));
                Assert.Equal(Described(ref whole), Described(ref parts));
                Assert.True(parts.End, $"{kind} {value} in pieces of {every}: the end was not reached.");
                read++;
            }
        }

        Assert.True(read > 1000, $"Only {read} cases were read.");
    }

    private static string Described(ref MessagePackReader reader) => reader.NextMessagePackType switch
    {
        MessagePackType.Nil => reader.TryReadNil() ? "nil" : "not nil",
        MessagePackType.Boolean => reader.ReadBoolean() ? "true" : "false",
        MessagePackType.Integer => Convert.ToHexString(reader.ReadRaw().ToArray()),
        MessagePackType.Float => BitConverter.DoubleToInt64Bits(reader.ReadDouble()).ToString("x", null),
        MessagePackType.String => reader.ReadString()!,
        MessagePackType.Binary => Convert.ToHexString(reader.ReadBytes()!.Value.ToArray()),
        _ => Convert.ToHexString(reader.ReadRaw().ToArray()),
    };

    private static decimal ReadAs(byte[] encoded, string type)
    {
        MessagePackReader reader = new(encoded.AsSpan());
        return type switch
        {
            "byte" => reader.ReadByte(),
            "sbyte" => reader.ReadSByte(),
            "short" => reader.ReadInt16(),
            "ushort" => reader.ReadUInt16(),
            "int" => reader.ReadInt32(),
            "uint" => reader.ReadUInt32(),
            "long" => reader.ReadInt64(),
            "ulong" => reader.ReadUInt64(),
            "double" => (decimal)reader.ReadDouble(),
            "float" => (decimal)reader.ReadSingle(),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
    }
}
