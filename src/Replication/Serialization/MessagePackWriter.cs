using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Replication.Serialization;

/// <summary>Writes values in the MessagePack format to a buffer writer, each in its shortest form.</summary>
/// <remarks>
/// Nothing is allocated per call. What was written reaches the buffer writer with <see cref="Flush"/> and not before.
/// A mutable struct: pass it by reference. One thread at a time.
/// Names and bytes are those of the MessagePack-CSharp package; unlike there, text that is not valid UTF-16 is refused.
/// The format is the one of the MessagePack specification, with its bin, str 8 and ext types.
/// </remarks>
public ref struct MessagePackWriter
{
    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IBufferWriter<byte> _output;
    private Span<byte> _buffer;
    private int _written;

    /// <summary>Creates a writer that appends to <paramref name="writer"/>.</summary>
    /// <param name="writer">Takes the bytes. Nobody else may write to it between the first value and
    /// <see cref="Flush"/>.</param>
    public MessagePackWriter(IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _output = writer;
        _buffer = default;
        _written = 0;
    }

    /// <summary>Hands everything written so far to the buffer writer. The writer may be used on.</summary>
    public void Flush()
    {
        if (_written > 0)
        {
            _output.Advance(_written);
        }

        _buffer = default;
        _written = 0;
    }

    /// <summary>Writes the absent value.</summary>
    public void WriteNil() => Append(MessagePackCode.Nil);

    /// <summary>Writes a truth value.</summary>
    /// <param name="value">The value.</param>
    public void Write(bool value) => Append(value ? MessagePackCode.True : MessagePackCode.False);

    /// <summary>Writes a whole number in the shortest form that holds it.</summary>
    /// <param name="value">The number.</param>
    public void Write(byte value) => Write((ulong)value);

    /// <summary>Writes a whole number in the shortest form that holds it.</summary>
    /// <param name="value">The number.</param>
    public void Write(sbyte value) => Write((long)value);

    /// <summary>Writes a whole number in the shortest form that holds it.</summary>
    /// <param name="value">The number.</param>
    public void Write(short value) => Write((long)value);

    /// <summary>Writes a whole number in the shortest form that holds it.</summary>
    /// <param name="value">The number.</param>
    public void Write(ushort value) => Write((ulong)value);

    /// <summary>Writes a whole number in the shortest form that holds it.</summary>
    /// <param name="value">The number.</param>
    public void Write(int value) => Write((long)value);

    /// <summary>Writes a whole number in the shortest form that holds it.</summary>
    /// <param name="value">The number.</param>
    public void Write(uint value) => Write((ulong)value);

    /// <summary>Writes a whole number in the shortest form that holds it; from 0 upwards an unsigned form.</summary>
    /// <param name="value">The number.</param>
    public void Write(long value)
    {
        switch (value)
        {
            case >= 0:
                Write((ulong)value);
                break;
            case >= MessagePackCode.NegativeFixIntValueMin:
                Append(unchecked((byte)value));
                break;
            case >= sbyte.MinValue:
                AppendWithByte(MessagePackCode.Int8, unchecked((byte)value));
                break;
            case >= short.MinValue:
                AppendWithUInt16(MessagePackCode.Int16, unchecked((ushort)value));
                break;
            case >= int.MinValue:
                AppendWithUInt32(MessagePackCode.Int32, unchecked((uint)value));
                break;
            default:
                AppendWithUInt64(MessagePackCode.Int64, unchecked((ulong)value));
                break;
        }
    }

    /// <summary>Writes a whole number in the shortest form that holds it.</summary>
    /// <param name="value">The number.</param>
    public void Write(ulong value)
    {
        switch (value)
        {
            case <= MessagePackCode.FixIntMax:
                Append((byte)value);
                break;
            case <= byte.MaxValue:
                AppendWithByte(MessagePackCode.UInt8, (byte)value);
                break;
            case <= ushort.MaxValue:
                AppendWithUInt16(MessagePackCode.UInt16, (ushort)value);
                break;
            case <= uint.MaxValue:
                AppendWithUInt32(MessagePackCode.UInt32, (uint)value);
                break;
            default:
                AppendWithUInt64(MessagePackCode.UInt64, value);
                break;
        }
    }

    /// <summary>Writes a 32-bit floating-point number, always in 5 bytes.</summary>
    /// <param name="value">The number; its bits are kept, a NaN's too.</param>
    public void Write(float value) => AppendWithUInt32(MessagePackCode.Float32, BitConverter.SingleToUInt32Bits(value));

    /// <summary>Writes a 64-bit floating-point number, always in 9 bytes.</summary>
    /// <param name="value">The number; its bits are kept, a NaN's too.</param>
    public void Write(double value) =>
        AppendWithUInt64(MessagePackCode.Float64, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes bytes, or the absent value for a null array.</summary>
    /// <param name="src">The bytes; copied before the call returns.</param>
    public void Write(byte[]? src)
    {
        if (src is null)
        {
            WriteNil();
        }
        else
        {
            Write(src.AsSpan());
        }
    }

    /// <summary>Writes bytes.</summary>
    /// <param name="src">The bytes; copied before the call returns.</param>
    public void Write(scoped ReadOnlySpan<byte> src)
    {
        WriteBinHeader(src.Length);
        WriteRaw(src);
    }

    /// <summary>Writes bytes.</summary>
    /// <param name="src">The bytes, at most 2,147,483,647; copied before the call returns.</param>
    public void Write(in ReadOnlySequence<byte> src)
    {
        WriteBinHeader(checked((int)src.Length));
        WriteRaw(src);
    }

    /// <summary>Writes the header of a binary value; exactly that many bytes must follow by
    /// <see cref="WriteRaw(ReadOnlySpan{byte})"/>.</summary>
    /// <param name="length">How many bytes follow, 0 or more.</param>
    public void WriteBinHeader(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        switch (length)
        {
            case <= byte.MaxValue:
                AppendWithByte(MessagePackCode.Bin8, (byte)length);
                break;
            case <= ushort.MaxValue:
                AppendWithUInt16(MessagePackCode.Bin16, (ushort)length);
                break;
            default:
                AppendWithUInt32(MessagePackCode.Bin32, (uint)length);
                break;
        }
    }

    /// <summary>Writes text, or the absent value for null.</summary>
    /// <param name="value">The text.</param>
    /// <exception cref="ArgumentException">The text holds half a surrogate pair. Nothing was written.</exception>
    public void Write(string? value)
    {
        if (value is null)
        {
            WriteNil();
        }
        else
        {
            Write(value.AsSpan());
        }
    }

    /// <summary>Writes text.</summary>
    /// <param name="value">The text.</param>
    /// <exception cref="ArgumentException">The text holds half a surrogate pair. Nothing was written.</exception>
    public void Write(scoped ReadOnlySpan<char> value)
    {
        int length = StrictUtf8.GetByteCount(value);
        WriteStringHeader(length);
        if (length > 0)
        {
            StrictUtf8.GetBytes(value, Reserve(length));
            _written += length;
        }
    }

    /// <summary>Writes text that is UTF-8 already. It is not checked.</summary>
    /// <param name="utf8stringBytes">The text as UTF-8; copied before the call returns.</param>
    public void WriteString(scoped ReadOnlySpan<byte> utf8stringBytes)
    {
        WriteStringHeader(utf8stringBytes.Length);
        WriteRaw(utf8stringBytes);
    }

    /// <summary>Writes the header of a text; exactly that many bytes of UTF-8 must follow by
    /// <see cref="WriteRaw(ReadOnlySpan{byte})"/>.</summary>
    /// <param name="byteCount">How many bytes follow, 0 or more.</param>
    public void WriteStringHeader(int byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        switch (byteCount)
        {
            case <= MessagePackCode.FixStrLengthMax:
                Append((byte)(MessagePackCode.FixStrMin | byteCount));
                break;
            case <= byte.MaxValue:
                AppendWithByte(MessagePackCode.Str8, (byte)byteCount);
                break;
            case <= ushort.MaxValue:
                AppendWithUInt16(MessagePackCode.Str16, (ushort)byteCount);
                break;
            default:
                AppendWithUInt32(MessagePackCode.Str32, (uint)byteCount);
                break;
        }
    }

    /// <summary>Writes the header of an array; exactly that many values must follow.</summary>
    /// <param name="count">How many values follow, 0 or more.</param>
    public void WriteArrayHeader(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        WriteArrayHeader((uint)count);
    }

    /// <summary>Writes the header of an array; exactly that many values must follow.</summary>
    /// <param name="count">How many values follow.</param>
    public void WriteArrayHeader(uint count) =>
        WriteCount(count, MessagePackCode.FixArrayMin, MessagePackCode.Array16, MessagePackCode.Array32);

    /// <summary>Writes the header of a map; exactly that many pairs of a key and a value must follow.</summary>
    /// <param name="count">How many pairs follow, 0 or more.</param>
    public void WriteMapHeader(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        WriteMapHeader((uint)count);
    }

    /// <summary>Writes the header of a map; exactly that many pairs of a key and a value must follow.</summary>
    /// <param name="count">How many pairs follow.</param>
    public void WriteMapHeader(uint count) =>
        WriteCount(count, MessagePackCode.FixMapMin, MessagePackCode.Map16, MessagePackCode.Map32);

    /// <summary>Writes the header of an extension value; its bytes must follow by
    /// <see cref="WriteRaw(ReadOnlySpan{byte})"/>.</summary>
    /// <param name="extensionHeader">Type code and length.</param>
    public void WriteExtensionFormatHeader(ExtensionHeader extensionHeader)
    {
        switch (extensionHeader.Length)
        {
            case 1:
                Append(MessagePackCode.FixExt1);
                break;
            case 2:
                Append(MessagePackCode.FixExt2);
                break;
            case 4:
                Append(MessagePackCode.FixExt4);
                break;
            case 8:
                Append(MessagePackCode.FixExt8);
                break;
            case 16:
                Append(MessagePackCode.FixExt16);
                break;
            case <= byte.MaxValue:
                AppendWithByte(MessagePackCode.Ext8, (byte)extensionHeader.Length);
                break;
            case <= ushort.MaxValue:
                AppendWithUInt16(MessagePackCode.Ext16, (ushort)extensionHeader.Length);
                break;
            default:
                AppendWithUInt32(MessagePackCode.Ext32, extensionHeader.Length);
                break;
        }

        Append(unchecked((byte)extensionHeader.TypeCode));
    }

    /// <summary>Writes bytes as they are: the body after a header, or whole values encoded before.</summary>
    /// <param name="rawMessagePackBlock">The bytes; copied before the call returns.</param>
    public void WriteRaw(scoped ReadOnlySpan<byte> rawMessagePackBlock)
    {
        if (rawMessagePackBlock.IsEmpty)
        {
            return;
        }

        rawMessagePackBlock.CopyTo(Reserve(rawMessagePackBlock.Length));
        _written += rawMessagePackBlock.Length;
    }

    /// <summary>Writes bytes as they are: the body after a header, or whole values encoded before.</summary>
    /// <param name="rawMessagePackBlock">The bytes; copied before the call returns.</param>
    public void WriteRaw(in ReadOnlySequence<byte> rawMessagePackBlock)
    {
        foreach (ReadOnlyMemory<byte> segment in rawMessagePackBlock)
        {
            WriteRaw(segment.Span);
        }
    }

    private void WriteCount(uint count, byte fixedForm, byte form16, byte form32)
    {
        switch (count)
        {
            case <= MessagePackCode.FixCountMax:
                Append((byte)(fixedForm | count));
                break;
            case <= ushort.MaxValue:
                AppendWithUInt16(form16, (ushort)count);
                break;
            default:
                AppendWithUInt32(form32, count);
                break;
        }
    }

    private void Append(byte code)
    {
        Reserve(1)[0] = code;
        _written++;
    }

    private void AppendWithByte(byte code, byte value)
    {
        Span<byte> target = Reserve(2);
        target[1] = value;
        target[0] = code;
        _written += 2;
    }

    private void AppendWithUInt16(byte code, ushort value)
    {
        Span<byte> target = Reserve(3);
        BinaryPrimitives.WriteUInt16BigEndian(target[1..], value);
        target[0] = code;
        _written += 3;
    }

    private void AppendWithUInt32(byte code, uint value)
    {
        Span<byte> target = Reserve(5);
        BinaryPrimitives.WriteUInt32BigEndian(target[1..], value);
        target[0] = code;
        _written += 5;
    }

    private void AppendWithUInt64(byte code, ulong value)
    {
        Span<byte> target = Reserve(9);
        BinaryPrimitives.WriteUInt64BigEndian(target[1..], value);
        target[0] = code;
        _written += 9;
    }

    /// <summary>The free part of the buffer, at least <paramref name="length"/> bytes long.</summary>
    private Span<byte> Reserve(int length)
    {
        if (_buffer.Length - _written < length)
        {
            Flush();
            _buffer = _output.GetSpan(length);
        }

        return _buffer[_written..];
    }
}
