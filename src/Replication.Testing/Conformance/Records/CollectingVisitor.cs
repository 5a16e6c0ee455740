using Replication.Storage.Records;

namespace Replication.Testing.Conformance.Records;

/// <summary>Keeps what a log shows at opening.</summary>
internal sealed class CollectingVisitor : IRecordVisitor
{
    public List<(long Address, byte[] Payload)> Records { get; } = [];

    public void Visit(long address, ReadOnlySpan<byte> payload) => Records.Add((address, payload.ToArray()));
}
