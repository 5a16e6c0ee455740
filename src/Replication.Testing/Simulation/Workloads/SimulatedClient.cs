using Replication.Errors;
using Replication.Sessions;
using Replication.Testing.Histories;
using Replication.Testing.Simulation.Events;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Probes;
using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>A client: one operation at a time, at any node, with a session if it has one, retrying as clients
/// do.</summary>
internal sealed class SimulatedClient : SimulationActor
{
    private const int NextKind = 1;
    private const int ArriveKind = 2;
    private const int AnswerKindOfEvent = 3;
    private const int TimeoutKind = 4;
    private const int SessionKind = 5;
    private const int RetryKind = 6;
    private const long NumbersPerCall = 10_000;
    private const long Millisecond = 1_000_000;
    private const long AttemptNanoseconds = 1_500 * Millisecond;
    private const long BackoffNanoseconds = 30 * Millisecond;
    private readonly SimulatedCluster _cluster;
    private readonly ClientWorkload _workload;
    private readonly RandomStream _sessions;
    private readonly ClientSessionSlot _slot;
    private ClientCall? _call;
    private long _callDeadline;
    private long _nextGeneration;
    private long _callCount;

    public SimulatedClient(SimulatedCluster cluster, ClientWorkload workload, int number, bool? wantsSession,
        ClientSessionSlot slot)
    {
        _slot = slot;
        _cluster = cluster;
        _workload = workload;
        Number = 2000 + number;
        Index = number;
        Random = new RandomStream(cluster.Config.Seed, RandomPurpose.Client, number);
        _sessions = new RandomStream(cluster.Config.Seed, RandomPurpose.Session, number);
        bool drawn = Random.Chance(0.6);
        WantsSession = wantsSession ?? drawn;
        Process = number;
    }

    /// <summary>Gets what the client's operations and their times are drawn from.</summary>
    public RandomStream Random { get; }

    /// <summary>Gets the client's place among all clients, from 0.</summary>
    public int Index { get; }

    public bool WantsSession { get; }

    /// <summary>Gets the moment that the next operation was to begin at, before it waited for a session.</summary>
    public long NextAt { get; private set; }

    /// <summary>Gets the number under which the next operation goes into the history.</summary>
    public int Process { get; private set; }

    /// <summary>Gets or sets the last value that this client has seen of each register.</summary>
    public Dictionary<int, long> Seen { get; } = [];

    public bool IsIdle => _call is null;

    /// <summary>Gets what a client without an operation was about to do; null if it has one under way.</summary>
    public PlannedCall? Waiting() => _call is not null ? null : new PlannedCall(
        NextNumber(), NextAt, Index, WantsSession, OperationKind.Wait, 0, 0, 0, []);

    /// <summary>Begins to work at a moment.</summary>
    public void Begin(long time)
    {
        NextAt = Math.Max(time, _cluster.Now);
        LookAgain(time);
    }

    /// <summary>Gets a number for the next operation that is drawn.</summary>
    public long NextNumber() => (++_callCount * NumbersPerCall) + Index;

    public override void Handle(in SimulationEvent due)
    {
        switch (due.Kind)
        {
            case NextKind when due.Argument == _nextGeneration:
                Next();
                break;
            case ArriveKind:
                Arrive((ClientCall)due.Payload!, (int)(due.Argument >> 8), (int)(due.Argument & byte.MaxValue));
                break;
            case AnswerKindOfEvent:
                Answered((ClientAnswer)due.Payload!);
                break;
            case TimeoutKind when _call is { } call && call == due.Payload && call.Attempt == due.Argument:
                Answered(new ClientAnswer { Call = call, Attempt = call.Attempt, Kind = AnswerKind.Unknown });
                break;
            case RetryKind when _call is { } call && call == due.Payload && call.Attempt == due.Argument:
                Try(call);
                break;
            case SessionKind:
                _slot.Open((int)due.Argument, (ClientSession?)due.Payload);
                LookAgain(_cluster.Now + BackoffNanoseconds);
                break;
            default:
                break;
        }
    }

    /// <summary>A process ended: what this client waits for from there is lost.</summary>
    public void ProcessEnded(int node)
    {
        if (_call is { } call && call.Node == node)
        {
            Answer(new ClientAnswer { Call = call, Attempt = call.Attempt, Kind = AnswerKind.Unknown });
        }
    }

    private void LookAgain(long time) => _cluster.Schedule(this, time, NextKind, ++_nextGeneration);

    private void Next()
    {
        if (_call is not null)
        {
            return;
        }

        if (WantsSession && _slot.Missing is >= 0 and int group && _workload.HasMore(this))
        {
            _ = OpenSessionAsync(_cluster.Nodes[_sessions.Below(_cluster.Config.Nodes)], group);
            return;
        }

        if (_workload.Next(this) is not { } record)
        {
            return;
        }

        _call = new ClientCall(record, new RandomStream(_cluster.Config.Seed, RandomPurpose.Call, record.Plan.Number))
        {
            Group = record.Plan.GroupOf(_cluster.Config.Groups),
        };
        _callDeadline = _cluster.Now + (_cluster.Config.ClientTimeoutMilliseconds * Millisecond);
        if (WantsSession && _slot[_call.Group] is { } session && record.IsWrite)
        {
            _call.Request = session.Next();
            _cluster.Groups[_call.Group].Oracle.Proposals.Given(_call.Request);
        }

        Try(_call);
    }

    private void Try(ClientCall call)
    {
        call.Attempt++;
        call.Node = 1 + call.Random.Below(_cluster.Config.Nodes);
        if (call.Attempt > 1 && !call.Request.IsNone)
        {
            _cluster.Probes.Reached(Probe.SessionRetry);
        }

        _cluster.Schedule(this, _cluster.Now + Latency(call.Random), ArriveKind,
            ((long)call.Attempt << 8) | (uint)call.Node, call);
        _cluster.Schedule(this, _cluster.Now + AttemptNanoseconds, TimeoutKind, call.Attempt, call);
    }

    // Also what the client has given up meanwhile arrives.
    private void Arrive(ClientCall call, int attempt, int node)
    {
        if (_cluster.Nodes[node - 1].Process is { } process)
        {
            _ = ServeAsync(process, call, attempt, node);
        }
        else
        {
            Answer(new ClientAnswer { Call = call, Attempt = attempt, Kind = AnswerKind.NotDone });
        }
    }

    private async Task ServeAsync(NodeProcess process, ClientCall call, int attempt, int node)
    {
        ClientAnswer answer;
        try
        {
            answer = await process.Replicas[call.Group].Subject.ExecuteAsync(call, attempt).ConfigureAwait(false);
        }
        catch (ReplicationException error)
        {
            // A read that could not be served had no effect; a write on a faulted node may have had one.
            bool isSafe = error.IsSafeToRetry || !call.Record.IsWrite;
            if (error is QuorumUnavailableException)
            {
                _cluster.Probes.Reached(Probe.ReadUnavailable);
            }

            answer = new ClientAnswer { Call = call, Attempt = attempt, Node = node,
                Kind = isSafe ? AnswerKind.NotDone : AnswerKind.Unknown };
        }
        catch (Exception error)
        {
            _cluster.Violate("unexpected-error", $"client {Number} at node {node}: {error}", error);
            return;
        }

        Answer(answer);
    }

    private async Task OpenSessionAsync(SimulatedNode node, int group)
    {
        ClientSession? session = null;
        if (node.Process is { } process)
        {
            // If the process ends, this never completes: the client tries elsewhere after a while.
            LookAgain(_cluster.Now + AttemptNanoseconds);
            try
            {
                session = await process.Replicas[group].Subject.OpenSessionAsync().ConfigureAwait(false);
                _cluster.Probes.Reached(Probe.SessionOpened);
            }
            catch (ReplicationException)
            {
                // Refused or lost: another one is opened.
            }
        }

        if (_slot[group] is null)
        {
            _cluster.Schedule(this, _cluster.Now + Latency(_sessions), SessionKind, group, session);
        }
    }

    private void Answer(ClientAnswer answer) =>
        _cluster.Schedule(this, _cluster.Now + Latency(answer.Call.Random), AnswerKindOfEvent, 0, answer);

    private void Answered(ClientAnswer answer)
    {
        ClientCall call = answer.Call;
        if (call != _call || call.IsEnded || answer.Attempt != call.Attempt)
        {
            return;
        }

        switch (answer.Kind)
        {
            case AnswerKind.Done or AnswerKind.ConditionFailed:
                End(call, HistoryEventType.Ok, answer);
                break;
            case AnswerKind.SessionGone:
                _slot.Drop(call.Group, call.Request.SessionId);
                End(call, call.IsUncertain ? HistoryEventType.Info : HistoryEventType.Fail, answer);
                break;
            default:
                call.IsUncertain |= answer.Kind == AnswerKind.Unknown && call.Record.IsWrite;
                RetryOrEnd(call, answer);
                break;
        }
    }

    private void RetryOrEnd(ClientCall call, ClientAnswer answer)
    {
        // Without a session a write that may have been executed is never sent again.
        bool mayRetry = !call.IsUncertain || !call.Request.IsNone;
        if (mayRetry && _cluster.Now + BackoffNanoseconds < _callDeadline && _workload.MayRetry)
        {
            // No answer to this attempt is heard any more; the next goes out after a pause.
            call.Attempt++;
            long pause = BackoffNanoseconds + call.Random.Below(BackoffNanoseconds);
            _cluster.Schedule(this, _cluster.Now + pause, RetryKind, call.Attempt, call);
            return;
        }

        End(call, call.IsUncertain ? HistoryEventType.Info : HistoryEventType.Fail, answer);
    }

    private void End(ClientCall call, HistoryEventType outcome, ClientAnswer answer)
    {
        call.IsEnded = true;
        _call = null;
        if (outcome != HistoryEventType.Info && !call.Request.IsNone
            && _slot[call.Group] is { } session && session.Id == call.Request.SessionId)
        {
            session.Complete(call.Request);
        }

        if (outcome == HistoryEventType.Info)
        {
            Process += _cluster.Config.Clients;
        }

        _workload.Ended(this, call.Record, outcome, answer);
        Begin(_workload.NextStart(this));
    }

    private static long Latency(RandomStream random) => 100_000 + random.Exponential(100_000);
}
