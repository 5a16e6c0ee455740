using Replication.Primitives;
using Replication.Raft.Primitives;

namespace Replication.Storage.Engine.Checkpoints;

/// <summary>What a checkpoint file says: the state at one entry is what the value log holds below an address, less
/// what is void.</summary>
internal sealed record Checkpoint
{
    /// <summary>Gets its number; 0 is the empty state of a new engine.</summary>
    public required long Sequence { get; init; }

    /// <summary>Gets the last entry that it holds.</summary>
    public LogId Id { get; init; }

    /// <summary>Gets the log time of the last applied entry.</summary>
    public HybridTimestamp Timestamp { get; init; }

    /// <summary>Gets the address in the value log below which its records lie.</summary>
    public long EndAddress { get; init; }

    /// <summary>Gets the address of the last record; 0 if there never was one.</summary>
    public long LastRecordAddress { get; init; }

    /// <summary>Gets how many keys there are.</summary>
    public long LiveKeys { get; init; }

    /// <summary>Gets the parts of the value log whose records count for nothing: written after an earlier checkpoint
    /// and before a restart from it.</summary>
    /// <remarks>One is left out only by an opening that finds the log to begin above it: until its segment is gone for
    /// good, what was given up may show again.</remarks>
    public IReadOnlyList<AddressRange> Voids { get; init; } = [];

    /// <summary>Gets what the owner stored beside it.</summary>
    public ReadOnlyMemory<byte> Attachment { get; init; }
}

/// <summary>A part of the value log.</summary>
/// <param name="From">The first address.</param>
/// <param name="To">The end, excluded.</param>
internal readonly record struct AddressRange(long From, long To);
