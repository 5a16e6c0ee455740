namespace Replication.Kv.Machine;

/// <summary>Numbers that decide what replicas do: part of the log's format, never a node's configuration.</summary>
internal static class KeyValueFormat
{
    /// <summary>The first byte of a command.</summary>
    public const byte Version = 1;

    /// <summary>The largest key that a command may name: the upper bound of
    /// <see cref="KeyValueLimits.KeyBytesMax"/>.</summary>
    public const int KeyBytesMax = 65_536;

    /// <summary>The largest value there can be: the upper bound of
    /// <see cref="KeyValueLimits.ValueBytesMax"/>.</summary>
    public const int ValueBytesMax = 2 << 20;

    /// <summary>The most bytes that the gets of one batch may return together, so that the answer fits in a
    /// message.</summary>
    public const int ResultBytesMax = 3 << 20;
}

/// <summary>How a command ended: the first value of its result. Numbers are part of the format.</summary>
internal enum KeyValueStatus : byte
{
    /// <summary>All conditions held and everything was done; one result per operation follows.</summary>
    Done = 0,

    /// <summary>A condition did not hold; its position follows. Nothing was changed.</summary>
    ConditionFailed = 1,

    /// <summary>A value would have grown beyond its limit; the position follows. Nothing was changed.</summary>
    ValueTooLarge = 2,

    /// <summary>The gets would have returned too much; the position follows. Nothing was changed.</summary>
    ResultTooLarge = 3,

    /// <summary>The command could not be read; the position follows. Nothing was changed.</summary>
    Malformed = 4,
}
