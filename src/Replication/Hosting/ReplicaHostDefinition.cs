using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Identity;
using Replication.Storage.Records;
using Replication.Transport;

namespace Replication.Hosting;

/// <summary>Everything a host is started from. Groups are static: every node of a cluster defines the same ones at
/// every start.</summary>
public sealed class ReplicaHostDefinition
{
    /// <summary>Gets the settings.</summary>
    public required ReplicaHostOptions Options { get; init; }

    /// <summary>Gets the open data directory; the host disposes it, also when the start fails.</summary>
    public required DataDirectory Directory { get; init; }

    /// <summary>Gets the record logs under the write-ahead log and the engines.</summary>
    public required IRecordLogFactory Records { get; init; }

    /// <summary>Gets the key-value engines under the stores and logs; by default keys in memory and values in a record
    /// log. A data directory keeps the kind that it began with.</summary>
    public IKeyValueEngineFactory Engines { get; init; } = new CopyOnWriteEngineFactory();

    /// <summary>Gets the network; the host disposes it, also when the start fails.</summary>
    public required ITransport Transport { get; init; }

    /// <summary>Gets the names of the groups that are key-value stores.</summary>
    public IList<string> KeyValueStores { get; } = [];

    /// <summary>Gets the names of the groups that are replicated logs.</summary>
    public IList<string> ReplicatedLogs { get; } = [];

    /// <summary>Gets the user's state machines by group name; a machine that is disposable is disposed with the
    /// host.</summary>
    public IDictionary<string, IStateMachine> StateMachines { get; } = new Dictionary<string,
        IStateMachine>(StringComparer.Ordinal);

    /// <summary>Gets the clock; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets where log lines go; nowhere by default.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Gets where meters come from; null makes one that stands alone.</summary>
    public IMeterFactory? MeterFactory { get; init; }
}
