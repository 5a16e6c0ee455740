namespace Replication.Serialization;

/// <content>Whole and floating-point numbers.</content>
public ref partial struct MessagePackReader
{
    /// <summary>Reads a whole number.</summary>
    /// <returns>The number.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, or a number outside 0 to
    /// 255.</exception>
    public byte ReadByte() => (byte)ReadInRange(byte.MinValue, byte.MaxValue);

    /// <summary>Reads a whole number.</summary>
    /// <returns>The number.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, or a number outside -128 to
    /// 127.</exception>
    public sbyte ReadSByte() => (sbyte)ReadInRange(sbyte.MinValue, sbyte.MaxValue);

    /// <summary>Reads a whole number.</summary>
    /// <returns>The number.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, or a number that needs more than
    /// 16 bits.</exception>
    public short ReadInt16() => (short)ReadInRange(short.MinValue, short.MaxValue);

    /// <summary>Reads a whole number.</summary>
    /// <returns>The number.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, or a number outside 0 to
    /// 65,535.</exception>
    public ushort ReadUInt16() => (ushort)ReadInRange(ushort.MinValue, ushort.MaxValue);

    /// <summary>Reads a whole number.</summary>
    /// <returns>The number.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, or a number that needs more than
    /// 32 bits.</exception>
    public int ReadInt32() => (int)ReadInRange(int.MinValue, int.MaxValue);

    /// <summary>Reads a whole number.</summary>
    /// <returns>The number.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, or a number outside 0 to 2^32 -
    /// 1.</exception>
    public uint ReadUInt32() => (uint)ReadInRange(uint.MinValue, uint.MaxValue);

    /// <summary>Reads a whole number.</summary>
    /// <returns>The number.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, or a number above 2^63 -
    /// 1.</exception>
    public long ReadInt64() => ReadInRange(long.MinValue, long.MaxValue);

    /// <summary>Reads a whole number.</summary>
    /// <returns>The number.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next, or a number below 0.</exception>
    public ulong ReadUInt64()
    {
        ulong bits = ReadInteger(out bool isNegative);
        if (isNegative)
        {
            ThrowOutOfRange(((long)bits).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return bits;
    }

    /// <summary>Reads a floating-point or whole number; a 64-bit one is rounded.</summary>
    /// <returns>The number.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next.</exception>
    public float ReadSingle()
    {
        if (NextCode != MessagePackCode.Float32)
        {
            return (float)ReadDouble();
        }

        Advance(1);
        return BitConverter.UInt32BitsToSingle((uint)ReadBigEndian(4));
    }

    /// <summary>Reads a floating-point or whole number; a whole one beyond 2^53 is rounded.</summary>
    /// <returns>The number.</returns>
    /// <exception cref="MessagePackSerializationException">Something else is next.</exception>
    public double ReadDouble()
    {
        switch (NextCode)
        {
            case MessagePackCode.Float32:
                Advance(1);
                return BitConverter.UInt32BitsToSingle((uint)ReadBigEndian(4));
            case MessagePackCode.Float64:
                Advance(1);
                return BitConverter.UInt64BitsToDouble(ReadBigEndian(8));
            default:
                ulong bits = ReadInteger(out bool isNegative);
                return isNegative ? (long)bits : bits;
        }
    }

    private long ReadInRange(long min, long max)
    {
        ulong bits = ReadInteger(out bool isNegative);
        if (!isNegative && bits > long.MaxValue)
        {
            ThrowOutOfRange(bits.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        long value = (long)bits;
        if (value < min || value > max)
        {
            ThrowOutOfRange(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return value;
    }

    /// <summary>The number's 64 bits; a negative number is in two's complement.</summary>
    private ulong ReadInteger(out bool isNegative)
    {
        byte code = ReadCode();
        isNegative = false;
        if (code <= MessagePackCode.FixIntMax)
        {
            return code;
        }

        long value;
        switch (code)
        {
            case >= MessagePackCode.NegativeFixIntMin:
                value = unchecked((sbyte)code);
                break;
            case MessagePackCode.UInt8:
                return ReadBigEndian(1);
            case MessagePackCode.UInt16:
                return ReadBigEndian(2);
            case MessagePackCode.UInt32:
                return ReadBigEndian(4);
            case MessagePackCode.UInt64:
                return ReadBigEndian(8);
            case MessagePackCode.Int8:
                value = unchecked((sbyte)ReadBigEndian(1));
                break;
            case MessagePackCode.Int16:
                value = unchecked((short)ReadBigEndian(2));
                break;
            case MessagePackCode.Int32:
                value = unchecked((int)ReadBigEndian(4));
                break;
            case MessagePackCode.Int64:
                value = unchecked((long)ReadBigEndian(8));
                break;
            default:
                value = ThrowUnexpected(code, "a whole number");
                break;
        }

        isNegative = value < 0;
        return unchecked((ulong)value);
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private readonly void ThrowOutOfRange(string value) => throw new MessagePackSerializationException(
        $"The number {value} before offset {Consumed} does not fit the type that was asked for.");
}
