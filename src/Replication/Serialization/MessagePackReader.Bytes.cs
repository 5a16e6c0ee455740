using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Replication.Serialization;

/// <content>Texts, bytes and the walk over the segments.</content>
public ref partial struct MessagePackReader
{
    /// <summary>Reads a text.</summary>
    /// <returns>The text, or null for the absent value.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, it is cut short or not valid
    /// UTF-8.</exception>
    public string? ReadString()
    {
        if (TryReadNil())
        {
            return null;
        }

        long start = Consumed;
        ReadOnlySpan<byte> utf8 = ReadContiguous(ReadStringLength());
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new MessagePackSerializationException($"The text at offset {start} is not valid UTF-8.", e);
        }
    }

    /// <summary>Reads a text as UTF-8 without copying it. Its bytes are not checked.</summary>
    /// <param name="span">The text; part of the source, as long-lived as that.</param>
    /// <returns>False, with nothing read, if the absent value is next or the text lies in more than one
    /// segment.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, or it is cut short.</exception>
    public bool TryReadStringSpan(out ReadOnlySpan<byte> span)
    {
        span = default;
        if (IsNil)
        {
            return false;
        }

        MessagePackReader ahead = this;
        int length = ahead.ReadStringLength();
        if (length > ahead._current.Length - ahead._index)
        {
            return false;
        }

        span = ahead._current.Slice(ahead._index, length);
        ahead.Advance(length);
        this = ahead;
        return true;
    }

    /// <summary>Reads bytes.</summary>
    /// <returns>The bytes, or null for the absent value; part of the source, but a copy if that was a span.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, or it is cut short.</exception>
    public ReadOnlySequence<byte>? ReadBytes()
    {
        if (TryReadNil())
        {
            return null;
        }

        return ReadRaw(ReadBinLength());
    }

    /// <summary>Reads bytes as one piece.</summary>
    /// <returns>The bytes; part of the source, but a copy if they lie in more than one segment.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next (nil too), or it is cut
    /// short.</exception>
    public ReadOnlySpan<byte> ReadBytesSpan() => ReadContiguous(ReadBinLength());

    /// <summary>Reads the next value as the bytes it is made of, checking its form.</summary>
    /// <returns>The bytes; part of the source, but a copy if that was a span.</returns>
    /// <exception cref="MessagePackSerializationException">The value is malformed or nested too deep.</exception>
    public ReadOnlySequence<byte> ReadRaw()
    {
        MessagePackReader start = this;
        Skip();
        return start.ReadRaw(Consumed - start.Consumed);
    }

    /// <summary>Reads a number of bytes as they are, such as the body of an extension value.</summary>
    /// <param name="length">How many bytes, 0 or more.</param>
    /// <returns>The bytes; part of the source, but a copy if that was a span.</returns>
    /// <exception cref="MessagePackSerializationException">Fewer bytes are left.</exception>
    public ReadOnlySequence<byte> ReadRaw(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        RequireRemaining(length);
        ReadOnlySequence<byte> result = _isSpanOnly
            ? new ReadOnlySequence<byte>(_current.Slice(_index, (int)length).ToArray())
            : _sequence.Slice(Consumed, length);
        AdvanceLong(length);
        return result;
    }

    private int ReadStringLength()
    {
        byte code = ReadCode();
        long length = code switch
        {
            >= MessagePackCode.FixStrMin and <= MessagePackCode.FixStrMax => code - MessagePackCode.FixStrMin,
            MessagePackCode.Str8 => (long)ReadBigEndian(1),
            MessagePackCode.Str16 => (long)ReadBigEndian(2),
            MessagePackCode.Str32 => (long)ReadBigEndian(4),
            _ => ThrowUnexpected(code, "a text"),
        };
        return CheckedCount(length, bytesPerItemMin: 1);
    }

    private int ReadBinLength()
    {
        byte code = ReadCode();
        long length = code switch
        {
            MessagePackCode.Bin8 => (long)ReadBigEndian(1),
            MessagePackCode.Bin16 => (long)ReadBigEndian(2),
            MessagePackCode.Bin32 => (long)ReadBigEndian(4),
            _ => ThrowUnexpected(code, "bytes"),
        };
        return CheckedCount(length, bytesPerItemMin: 1);
    }

    private ReadOnlySpan<byte> ReadContiguous(int length)
    {
        ReadOnlySpan<byte> result;
        if (length <= _current.Length - _index)
        {
            result = _current.Slice(_index, length);
        }
        else
        {
            // Bounded: the length was checked against the bytes that are there.
            result = _sequence.Slice(Consumed, length).ToArray();
        }

        Advance(length);
        return result;
    }

    private ulong ReadBigEndian(int width)
    {
        RequireRemaining(width);
        if (width <= _current.Length - _index)
        {
            ReadOnlySpan<byte> bytes = _current[_index..];
            ulong value = width switch
            {
                1 => bytes[0],
                2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
                4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
                _ => BinaryPrimitives.ReadUInt64BigEndian(bytes),
            };
            Advance(width);
            return value;
        }

        ulong assembled = 0;
        for (int i = 0; i < width; i++)
        {
            assembled = (assembled << 8) | _current[_index];
            Advance(1);
        }

        return assembled;
    }

    /// <summary>Steps over bytes that are known to be there.</summary>
    private void Advance(int count)
    {
        if (count < _current.Length - _index)
        {
            _index += count;
        }
        else
        {
            AdvanceLong(count);
        }
    }

    private void AdvanceLong(long count)
    {
        while (count >= _current.Length - _index)
        {
            count -= _current.Length - _index;
            _index = _current.Length;
            if (End)
            {
                return;
            }

            MoveToNextSegment();
        }

        _index += (int)count;
    }

    /// <summary>Makes the next segment that is not empty the current one, if there is one.</summary>
    private void MoveToNextSegment()
    {
        while (_sequence.TryGet(ref _next, out ReadOnlyMemory<byte> segment))
        {
            _consumedBefore += _current.Length;
            _index = 0;
            _current = segment.Span;
            if (!_current.IsEmpty)
            {
                return;
            }
        }
    }
}
