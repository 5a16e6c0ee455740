namespace Replication.Serialization;

/// <summary>How many bytes <see cref="MessagePackWriter"/> takes for a value.</summary>
internal static class MessagePackSize
{
    public static int OfInteger(long value) => value switch
    {
        >= -32 and <= 127 => 1,
        >= sbyte.MinValue and <= byte.MaxValue => 2,
        >= short.MinValue and <= ushort.MaxValue => 3,
        >= int.MinValue and <= uint.MaxValue => 5,
        _ => 9,
    };

    /// <summary>Header and bytes of a binary value.</summary>
    public static int OfBytes(int length) => checked(length + length switch
    {
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => 5,
    });

    public static int OfArrayHeader(int count) => count switch
    {
        <= 15 => 1,
        <= ushort.MaxValue => 3,
        _ => 5,
    };
}
