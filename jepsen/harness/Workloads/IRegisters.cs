using Replication.Testing.Histories;

namespace Harness.Workloads;

/// <summary>Registers of some system, as the register workload uses them.</summary>
internal interface IRegisters
{
    /// <summary>Reads a key; null for an absent one.</summary>
    Task<Answer> ReadAsync(WorkloadClient client, string key, CancellationToken cancellationToken);

    /// <summary>Writes a key.</summary>
    Task<Receipt> WriteAsync(WorkloadClient client, string key, long value, CancellationToken cancellationToken);

    /// <summary>Writes a key if it holds a value, or if it is absent where that is null. The result is false if it was
    /// refused.</summary>
    Task<Receipt> CompareAndSetAsync(
        WorkloadClient client, string key, HistoryValue expected, long value, CancellationToken cancellationToken);
}
