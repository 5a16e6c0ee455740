using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Replication.Serialization;

/// <summary>Reads values in the MessagePack format from bytes that nobody vouches for.</summary>
/// <remarks>
/// <para>
/// Whatever the bytes are, a read returns a value or throws <see cref="MessagePackSerializationException"/>; after
/// that the
/// position is undefined. Lengths and counts are checked against the bytes that are left before they are returned
/// or anything is allocated: an array of n values takes at least n bytes, a map of n pairs at least 2n.
/// Numbers and texts are accepted in every form that holds them, not in the shortest alone.
/// </para>
/// <para>
/// A mutable struct: pass it by reference. One thread at a time. Names follow the MessagePack-CSharp package; unlike
/// there,
/// every failure is one exception type, text must be valid UTF-8, and a binary value isn't read from a text.
/// </para>
/// </remarks>
public ref partial struct MessagePackReader
{
    /// <summary>How deep arrays and maps may be nested for <see cref="Skip"/> and <see cref="EnterNested"/>:
    /// 64.</summary>
    public const int DepthMax = 64;

    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySequence<byte> _sequence;
    private readonly bool _isSpanOnly;
    private readonly long _length;
    private ReadOnlySpan<byte> _current;
    private SequencePosition _next;
    private int _index;
    private long _consumedBefore;

    /// <summary>Creates a reader over bytes that stay as they are while it is used.</summary>
    /// <param name="source">The bytes.</param>
    /// <remarks><see cref="ReadBytes"/> and <see cref="ReadRaw()"/> have to copy here; <see cref="ReadBytesSpan"/>
    /// doesn't.</remarks>
    public MessagePackReader(ReadOnlySpan<byte> source)
    {
        _isSpanOnly = true;
        _length = source.Length;
        _current = source;
    }

    /// <summary>Creates a reader over bytes that stay as they are while it, and what it returned, is used.</summary>
    /// <param name="memory">The bytes.</param>
    public MessagePackReader(ReadOnlyMemory<byte> memory)
        : this(new ReadOnlySequence<byte>(memory))
    {
    }

    /// <summary>Creates a reader over bytes that stay as they are while it, and what it returned, is used.</summary>
    /// <param name="readOnlySequence">The bytes, in any number of segments.</param>
    public MessagePackReader(scoped in ReadOnlySequence<byte> readOnlySequence)
    {
        _sequence = readOnlySequence;
        _length = readOnlySequence.Length;
        _next = readOnlySequence.Start;
        MoveToNextSegment();
    }

    /// <summary>Gets how many bytes were read.</summary>
    public readonly long Consumed => _consumedBefore + _index;

    /// <summary>Gets whether every byte was read.</summary>
    public readonly bool End => Consumed == _length;

    /// <summary>Gets how many arrays and maps are entered around the next value.</summary>
    public int Depth { get; private set; }

    /// <summary>Gets whether the next value is the absent value; reads nothing. False at the end.</summary>
    public readonly bool IsNil => !End && _current[_index] == MessagePackCode.Nil;

    /// <summary>Gets the first byte of the next value without reading it.</summary>
    /// <exception cref="MessagePackSerializationException">No byte is left.</exception>
    public readonly byte NextCode
    {
        get
        {
            if (End)
            {
                ThrowCutShort(1);
            }

            return _current[_index];
        }
    }

    /// <summary>Gets the family of the next value without reading it.</summary>
    /// <exception cref="MessagePackSerializationException">No byte is left.</exception>
    public readonly MessagePackType NextMessagePackType => MessagePackCode.TypeOf(NextCode);

    /// <summary>Gets how many bytes are not read yet.</summary>
    internal readonly long Remaining => _length - Consumed;

    /// <summary>Returns a second reader at the same place; reading with it leaves this one where it is.</summary>
    /// <returns>The copy.</returns>
    public readonly MessagePackReader CreatePeekReader() => this;

    /// <summary>Notes that the values of an array or map follow; each call needs its
    /// <see cref="LeaveNested"/>.</summary>
    /// <exception cref="MessagePackSerializationException"><see cref="DepthMax"/> levels are entered
    /// already.</exception>
    public void EnterNested()
    {
        if (Depth >= DepthMax)
        {
            throw new MessagePackSerializationException(
                $"Arrays and maps are nested deeper than {DepthMax} levels at offset {Consumed}.");
        }

        Depth++;
    }

    /// <summary>Notes that the last value of the array or map entered last was read.</summary>
    public void LeaveNested()
    {
        if (Depth == 0)
        {
            throw new InvalidOperationException(
                $"{nameof(LeaveNested)} was called more often than {nameof(EnterNested)}.");
        }

        Depth--;
    }

    /// <summary>Reads over the next value, whatever it is, with everything in it.</summary>
    /// <exception cref="MessagePackSerializationException">The value is malformed or nested too deep.</exception>
    public void Skip()
    {
        byte code = NextCode;
        switch (MessagePackCode.TypeOf(code))
        {
            case MessagePackType.Integer:
                ReadInteger(out _);
                break;
            case MessagePackType.Nil:
            case MessagePackType.Boolean:
                Advance(1);
                break;
            case MessagePackType.Float:
                ReadDouble();
                break;
            case MessagePackType.String:
                AdvanceLong(ReadStringLength());
                break;
            case MessagePackType.Binary:
                AdvanceLong(ReadBinLength());
                break;
            case MessagePackType.Extension:
                AdvanceLong(ReadExtensionFormatHeader().Length);
                break;
            case MessagePackType.Array:
                SkipValues(ReadArrayHeader());
                break;
            case MessagePackType.Map:
                SkipValues(2L * ReadMapHeader());
                break;
            default:
                ThrowUnexpected(code, "a value");
                break;
        }
    }

    /// <summary>Reads the absent value if it is next.</summary>
    /// <returns>Whether it was; if not, nothing was read.</returns>
    public bool TryReadNil()
    {
        if (!IsNil)
        {
            return false;
        }

        Advance(1);
        return true;
    }

    /// <summary>Reads the absent value.</summary>
    /// <exception cref="MessagePackSerializationException">Something else is next.</exception>
    public void ReadNil()
    {
        byte code = ReadCode();
        if (code != MessagePackCode.Nil)
        {
            ThrowUnexpected(code, "nil");
        }
    }

    /// <summary>Reads a truth value.</summary>
    /// <returns>The value.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next.</exception>
    public bool ReadBoolean()
    {
        byte code = ReadCode();
        if (code is not (MessagePackCode.True or MessagePackCode.False))
        {
            ThrowUnexpected(code, "a boolean");
        }

        return code == MessagePackCode.True;
    }

    /// <summary>Reads the header of an array.</summary>
    /// <returns>How many values follow; never more than bytes are left.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, or the count can't be
    /// true.</exception>
    public int ReadArrayHeader()
    {
        byte code = ReadCode();
        long count = code switch
        {
            >= MessagePackCode.FixArrayMin and <= MessagePackCode.FixArrayMax => code - MessagePackCode.FixArrayMin,
            MessagePackCode.Array16 => (long)ReadBigEndian(2),
            MessagePackCode.Array32 => (long)ReadBigEndian(4),
            _ => ThrowUnexpected(code, "an array"),
        };
        return CheckedCount(count, bytesPerItemMin: 1);
    }

    /// <summary>Reads the header of a map.</summary>
    /// <returns>How many pairs follow; never more than half the bytes that are left.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, or the count can't be
    /// true.</exception>
    public int ReadMapHeader()
    {
        byte code = ReadCode();
        long count = code switch
        {
            >= MessagePackCode.FixMapMin and <= MessagePackCode.FixMapMax => code - MessagePackCode.FixMapMin,
            MessagePackCode.Map16 => (long)ReadBigEndian(2),
            MessagePackCode.Map32 => (long)ReadBigEndian(4),
            _ => ThrowUnexpected(code, "a map"),
        };
        return CheckedCount(count, bytesPerItemMin: 2);
    }

    /// <summary>Reads the header of an extension value. Its bytes are next: <see cref="ReadRaw(long)"/>.</summary>
    /// <returns>Type code and length; the bytes are there.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, or it is cut short.</exception>
    public ExtensionHeader ReadExtensionFormatHeader()
    {
        byte code = ReadCode();
        long length = code switch
        {
            MessagePackCode.FixExt1 => 1,
            MessagePackCode.FixExt2 => 2,
            MessagePackCode.FixExt4 => 4,
            MessagePackCode.FixExt8 => 8,
            MessagePackCode.FixExt16 => 16,
            MessagePackCode.Ext8 => (long)ReadBigEndian(1),
            MessagePackCode.Ext16 => (long)ReadBigEndian(2),
            MessagePackCode.Ext32 => (long)ReadBigEndian(4),
            _ => ThrowUnexpected(code, "an extension value"),
        };
        sbyte typeCode = unchecked((sbyte)ReadBigEndian(1));
        RequireRemaining(length);
        return new ExtensionHeader(typeCode, (uint)length);
    }

    private void SkipValues(long count)
    {
        EnterNested();
        for (long i = 0; i < count; i++)
        {
            Skip();
        }

        LeaveNested();
    }

    private readonly int CheckedCount(long count, int bytesPerItemMin)
    {
        if (count * bytesPerItemMin > Remaining || count > int.MaxValue)
        {
            throw new MessagePackSerializationException(
                $"{count} items are announced before offset {Consumed}, but only {Remaining} bytes are left.");
        }

        return (int)count;
    }

    private byte ReadCode()
    {
        byte code = NextCode;
        Advance(1);
        return code;
    }

    private readonly void RequireRemaining(long count)
    {
        if (count > Remaining)
        {
            ThrowCutShort(count);
        }
    }

    [DoesNotReturn]
    private readonly void ThrowCutShort(long needed) => throw new MessagePackSerializationException(
        $"The data is cut short: {needed} more bytes are needed at offset {Consumed}, {Remaining} are left.");

    [DoesNotReturn]
    private readonly long ThrowUnexpected(byte code, string expected) => throw new MessagePackSerializationException(
        $"Expected {expected} but found 0x{code:x2} ({MessagePackCode.TypeOf(code)}) before offset {Consumed}.");
}
