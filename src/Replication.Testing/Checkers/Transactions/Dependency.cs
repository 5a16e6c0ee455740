namespace Replication.Testing.Checkers.Transactions;

/// <summary>Why one transaction comes before another.</summary>
/// <remarks>The order of the bits is the order in which the search takes them.</remarks>
[Flags]
internal enum Dependency : byte
{
    None = 0,

    /// <summary>It wrote the version before the other's.</summary>
    WriteWrite = 1,

    /// <summary>It wrote what the other read.</summary>
    WriteRead = 2,

    /// <summary>It read the version before that which the other wrote.</summary>
    ReadWrite = 4,

    /// <summary>The same client ran both.</summary>
    Process = 8,

    /// <summary>It had completed before the other began.</summary>
    Realtime = 16,
}
