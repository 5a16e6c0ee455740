namespace Replication.Serialization;

/// <summary>What stands before the bytes of a MessagePack extension value.</summary>
/// <param name="TypeCode">The type: 0 and above belong to applications, below 0 to the format itself.</param>
/// <param name="Length">How many bytes follow the header.</param>
public readonly record struct ExtensionHeader(sbyte TypeCode, uint Length);
