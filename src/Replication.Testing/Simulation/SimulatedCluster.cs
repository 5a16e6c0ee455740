using Replication.Primitives;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Events;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Invariants;
using Replication.Testing.Simulation.Networks;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Pages;
using Replication.Testing.Simulation.Probes;
using Replication.Testing.Simulation.Randomness;
using Replication.Testing.Simulation.Subjects;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Testing.Simulation;

/// <summary>A whole cluster with its network, disks, clocks and clients, in one thread and in virtual time.</summary>
internal sealed class SimulatedCluster
{
    private readonly EventQueue _events;
    private readonly SchedulingPolicy _policy;
    private StateHash _hash;

    public SimulatedCluster(
        SimulationCase run, SimulationSubject subject, Action<string>? trace, RunRecording? recording)
    {
        SimulationConfig config = run.Config;
        Config = config;
        _events = new EventQueue(config.Nodes);
        Subject = subject;
        Trace = trace;
        Recording = recording;
        _policy = new SchedulingPolicy(
            config.Scheduling, config.SchedulingDepth, config.Nodes, new RandomStream(config.Seed,
                RandomPurpose.Schedule));
        Voters = [.. Enumerable.Range(1, config.Nodes).Select(id => new RaftVoter(new NodeId(id)))];
        Groups = new SimulatedGroup[config.Groups];
        for (int i = 0; i < Groups.Length; i++)
        {
            Groups[i] = new SimulatedGroup(this, i);
        }

        Network = new SimulatedNetwork(this);
        Nodes = [.. Enumerable.Range(1, config.Nodes).Select(id => new SimulatedNode(this, id))];
        Workload = subject.CreateWorkload(this, run.Calls);
        Injector = new FaultInjector(this, run.Plan);
    }

    public SimulationConfig Config { get; }

    /// <summary>Gets what the nodes run and the clients ask.</summary>
    public SimulationSubject Subject { get; }

    public IReadOnlyList<RaftVoter> Voters { get; }

    public SimulatedNetwork Network { get; }

    /// <summary>Gets the nodes; node i is at place i - 1.</summary>
    public IReadOnlyList<SimulatedNode> Nodes { get; }

    public ClientWorkload Workload { get; }

    public FaultInjector Injector { get; }

    /// <summary>Gets the groups that all nodes host.</summary>
    public SimulatedGroup[] Groups { get; }

    /// <summary>Gets the first violation; null as long as there is none.</summary>
    public SimulationViolation? Violation { get; private set; }

    public ProbeCounts Probes { get; } = new();

    /// <summary>Gets true time in nanoseconds since the start of the run.</summary>
    public long Now { get; private set; }

    /// <summary>Gets how many events have happened.</summary>
    public long EventCount { get; private set; }

    /// <summary>Gets the hash over everything so far.</summary>
    public ulong Hash => _hash.Value;

    /// <summary>Gets where lines about what happens go; null if nobody reads them.</summary>
    public Action<string>? Trace { get; }

    /// <summary>Gets what takes down what happens, for a picture; null if nobody looks at one.</summary>
    public RunRecording? Recording { get; }

    /// <summary>Has an event happen to an actor; the schedule may put it later.</summary>
    public void Schedule(SimulationActor actor, long time, int kind, long argument = 0, object? payload = null)
    {
        if (time == long.MaxValue)
        {
            return;
        }

        time = Math.Max(time, Now);
        ulong tiebreak = _policy.Place(actor, ref time);
        _events.Add(time, tiebreak, actor, kind, argument, payload);
    }

    /// <summary>Has a node's turn come at a moment, instead of when it was to come before.</summary>
    public void ScheduleTurn(SimulatedNode node, long time, int kind, long argument)
    {
        time = Math.Max(time, Now);
        ulong tiebreak = _policy.Place(node, ref time);
        _events.SetTimer(node.Number - 1, time, tiebreak, node, kind, argument);
    }

    /// <summary>Mixes something that happened into the hash.</summary>
    public void Note(ulong number) => _hash.Add(number);

    public SimulatedNode Node(NodeId id) => Nodes[id.Value - 1];

    /// <summary>Gets the group that a message or a record is of.</summary>
    public SimulatedGroup Group(GroupId id)
    {
        foreach (SimulatedGroup group in Groups)
        {
            if (group.Id == id)
            {
                return group;
            }
        }

        throw new InvalidOperationException($"No node hosts a group {id}.");
    }

    /// <summary>Gets what a line says of the group that it is about; nothing if there is only one.</summary>
    public string Suffix(SimulatedGroup group) => Groups.Length > 1 ? $" ({group.Name})" : string.Empty;

    /// <summary>Notes that a rule was broken: the first one ends the run.</summary>
    public void Violate(string rule, string detail, Exception? error = null)
    {
        if (Violation is null)
        {
            Violation = new SimulationViolation(rule, detail, Now, error?.GetType().Name);
            Write($"VIOLATION {Violation}");
        }
    }

    public void Write(string line) =>
        Trace?.Invoke(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Now / 1e6,12:0.000} {line}"));

    /// <summary>Runs events up to a moment, or until a condition holds or a rule is broken.</summary>
    /// <returns>Whether the condition came to hold.</returns>
    public bool RunUntil(long end, Func<bool>? condition = null)
    {
        while (Violation is null)
        {
            if (condition is not null && condition())
            {
                return true;
            }

            if (!_events.TryTake(end, out SimulationEvent next))
            {
                Now = Math.Max(Now, end);
                return false;
            }

            Run(next);
        }

        return false;
    }

    private void Run(in SimulationEvent next)
    {
        Now = next.Time;
        EventCount++;
        _hash.Add(next.Time);
        _hash.Add(((long)next.Actor.Number << 8) | (uint)next.Kind);
        next.Actor.Handle(next);
    }
}
