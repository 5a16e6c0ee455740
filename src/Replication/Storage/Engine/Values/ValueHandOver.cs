using Replication.Storage.Engine.Tree;

namespace Replication.Storage.Engine.Values;

/// <summary>What one checkpoint writes to the value log. Made by the owner, carried out by the background worker,
/// landed by the owner.</summary>
/// <param name="Relocated">Versions whose records are copied forward, in order of address.</param>
/// <param name="Batch">New versions.</param>
/// <param name="FirstNeeded">The first version whose record was not examined for copying; null if all were.</param>
internal sealed record ValueHandOver(KeyVersion[] Relocated, RecordBatch Batch, KeyVersion? FirstNeeded)
{
    /// <summary>Gets the addresses of the copies; filled by the worker.</summary>
    public long[] RelocatedTo { get; } = new long[Relocated.Length];

    /// <summary>Gets or sets the versions that were written, in order of address; set by the worker.</summary>
    public KeyVersion[] Written { get; set; } = [];

    /// <summary>Gets or sets the address below which everything was examined, once the copies are durable; set by the
    /// worker.</summary>
    public long TruncateTo { get; set; }
}
