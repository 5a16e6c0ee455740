using Replication.Groups.Shell;
using Replication.Kv;
using Replication.Kv.Machine;
using Replication.Log;
using Replication.Log.Machine;
using Replication.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Snapshots;

namespace Replication.Hosting;

/// <summary>The groups of a host by what they are: opens their state machines, then puts the stores on top.</summary>
internal sealed class HostedGroups : IDisposable
{
    private readonly ReplicaHostDefinition _definition;
    private readonly Dictionary<string, IKeyValueEngine> _storeEngines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LogStateMachine> _logMachines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KeyValueStore> _stores = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReplicatedLog> _logs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GroupClient> _machines = new(StringComparer.Ordinal);
    private readonly List<GroupPart> _parts = [];

    /// <summary>Opens the state machines at their newest checkpoints.</summary>
    /// <param name="definition">The groups.</param>
    public HostedGroups(ReplicaHostDefinition definition)
    {
        _definition = definition;
        Names = CheckedNames(definition);
        try
        {
            foreach (string name in definition.KeyValueStores)
            {
                IKeyValueEngine engine = OpenEngine(name);
                _storeEngines.Add(name, engine);
                Add(name, new KvStateMachine(engine));
            }

            foreach (string name in definition.ReplicatedLogs)
            {
                LogStateMachine machine = new(OpenEngine(name));
                _logMachines.Add(name, machine);
                Add(name, machine);
            }

            foreach (string name in definition.StateMachines.Keys.Order(StringComparer.Ordinal))
            {
                Add(name, new SnapshotFileCheckpoints(definition.StateMachines[name], definition.Directory.Files,
                    DirectoryOf(name)), hasUserCode: true);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gets the names, in ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Gets the groups to be run.</summary>
    public IReadOnlyList<GroupPart> Parts => _parts;

    public IReadOnlyDictionary<string, KeyValueStore> Stores => _stores;

    public IReadOnlyDictionary<string, ReplicatedLog> Logs => _logs;

    /// <summary>Gets the clients of the groups that run machines of the user's.</summary>
    public IReadOnlyDictionary<string, GroupClient> Machines => _machines;

    /// <summary>Puts the stores on top of the running groups.</summary>
    /// <param name="runtime">The running groups.</param>
    public void Attach(HostRuntime runtime)
    {
        ReplicaHostOptions options = _definition.Options;
        foreach ((string name, IKeyValueEngine engine) in _storeEngines)
        {
            _stores.Add(name, new KeyValueStore(runtime.Client(name)!, engine, options.KeyValue, options.NodeId,
                options.SessionTimeout));
        }

        foreach ((string name, LogStateMachine machine) in _logMachines)
        {
            _logs.Add(name, new ReplicatedLog(runtime.Client(name)!, machine, options.KeyValue.ValueBytesMax,
                options.SessionTimeout));
        }

        foreach (string name in _definition.StateMachines.Keys)
        {
            _machines.Add(name, runtime.Client(name)!);
        }
    }

    /// <summary>Ends what waits for new entries: the host stops or has failed.</summary>
    /// <param name="reason">Why.</param>
    public void End(Exception reason)
    {
        foreach (ReplicatedLog log in _logs.Values)
        {
            log.EndSubscriptions(reason);
        }
    }

    /// <summary>Closes the machines; only if no group ran on them, for then the groups close them.</summary>
    public void Dispose()
    {
        foreach (GroupPart part in _parts)
        {
            part.Machine.Dispose();
        }
    }

    private static List<string> CheckedNames(ReplicaHostDefinition definition)
    {
        List<string> names = [.. definition.KeyValueStores, .. definition.ReplicatedLogs,
            .. definition.StateMachines.Keys];
        names.Sort(StringComparer.Ordinal);
        if (names.Count == 0)
        {
            throw new ArgumentException("No group is defined; a host has at least one store, log or state machine.",
                nameof(definition));
        }

        Dictionary<GroupId, string> ids = [];
        foreach (string name in names)
        {
            if (name is null or { Length: 0 or > 128 })
            {
                throw new ArgumentException($"The group name '{name}' has {name?.Length ?? 0} characters; it "
                    + $"must have 1 to 128.", nameof(definition));
            }

            if (!ids.TryAdd(GroupId.FromName(name), name))
            {
                throw new ArgumentException(
                    $"The groups '{ids[GroupId.FromName(name)]}' and '{name}' have the same identity "
                        + $"{GroupId.FromName(name)}; rename one.", nameof(definition));
            }
        }

        return names;
    }

    private static string DirectoryOf(string name) => FilePath.Combine("groups", GroupId.FromName(name).ToString());

    private IKeyValueEngine OpenEngine(string name) =>
        _definition.Engines.Open(
            _definition.Directory.Files, _definition.Records, DirectoryOf(name), _definition.Options.Engine);

    private void Add(string name, ICheckpointedStateMachine machine, bool hasUserCode = false) =>
        _parts.Add(new GroupPart(name, new SessionedStateMachine(machine), hasUserCode));
}
