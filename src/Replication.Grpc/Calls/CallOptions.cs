using Replication.Grpc.Wire;

namespace Replication.Grpc.Calls;

/// <summary>How one call is made.</summary>
/// <param name="Timeout">The deadline, told to the server too; null for none.</param>
/// <param name="Headers">Metadata to send; null for none.</param>
/// <param name="CancellationToken">Resets the stream when it fires.</param>
internal readonly record struct CallOptions(
    TimeSpan? Timeout = null, Metadata? Headers = null, CancellationToken CancellationToken = default);
