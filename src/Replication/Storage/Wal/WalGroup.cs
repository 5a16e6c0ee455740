using Replication.Raft.Primitives;

namespace Replication.Storage.Wal;

/// <summary>Where the records of one group lie that must outlive the segments they are in.</summary>
internal sealed class WalGroup
{
    public HardState HardState { get; private set; }

    /// <summary>Gets the address of the newest hard state; -1 if there is none.</summary>
    public long HardStateAddress { get; private set; } = -1;

    public LogId Base { get; private set; }

    /// <summary>Gets the address of the newest base; -1 if there is none.</summary>
    public long BaseAddress { get; private set; } = -1;

    /// <summary>
    /// Gets or sets the address of the first entry that is still needed; the largest number if none is.
    /// </summary>
    public long FirstNeeded { get; set; } = long.MaxValue;

    /// <summary>Takes note of an operation whose record was appended.</summary>
    public void Note(in WalOperation operation, long address)
    {
        switch (operation.Kind)
        {
            case WalOperationKind.HardState:
                (HardState, HardStateAddress) = (operation.HardState, address);
                break;
            case WalOperationKind.Compact:
                (Base, BaseAddress) = (operation.Base, address);
                break;
            case WalOperationKind.Entry:
                FirstNeeded = Math.Min(FirstNeeded, address);
                break;
            default:
                break;
        }
    }
}
