using Replication.Kv;
using Replication.Testing.Histories;

namespace Harness.Workloads;

/// <summary>What a read learned.</summary>
/// <param name="Value">The value in the form of the history.</param>
/// <param name="Node">The node that answered; null if it did not say.</param>
internal readonly record struct Answer(HistoryValue Value, HistoryValue Node = default)
{
    /// <summary>Takes the answer of a store.</summary>
    public static Answer Of(KeyValueReadResult result, HistoryValue value) => new(value, (long)result.Node.Value);
}
