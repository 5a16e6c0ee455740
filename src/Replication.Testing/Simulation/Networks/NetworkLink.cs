using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Events;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Randomness;
using Replication.Transport;

namespace Replication.Testing.Simulation.Networks;

/// <summary>The way from one node to another: what is on it, and how it is disturbed.</summary>
/// <remarks>In the mode of connections this is the connection that the sender has dialled, with a stream for small
/// and one
/// for large messages, as the production transport has them.</remarks>
internal sealed class NetworkLink : SimulationActor
{
    private const int ArriveKind = 1;
    private const int ReconnectKind = 2;
    private const int KeepAliveKind = 3;
    private const long KeepAliveNanoseconds = 2_000_000_000;
    private const long QueueNanosecondsMax = 300_000_000;
    private const long ReconnectNanosecondsMin = 20_000_000;
    private const long ReconnectNanosecondsMax = 1_000_000_000;
    private readonly SimulatedNetwork _network;
    private readonly RandomStream _random;
    private readonly Queue<PeerMessage>[] _streams = [new(), new()];
    private readonly long[] _lastArrivals = new long[2];
    private readonly MessageHistory _history = new();
    private readonly long _latency;
    private long _epoch;
    private long _reconnectDelay = ReconnectNanosecondsMin;
    private long _stuckUntil;
    private long _carriedAt;
    private int _cuts;

    public NetworkLink(SimulatedNetwork network, NodeId from, NodeId to, ulong seed, long latency)
    {
        _network = network;
        _latency = latency;
        From = from;
        To = to;
        Number = 1000 + (from.Value * 16) + to.Value;
        _random = new RandomStream(seed, RandomPurpose.Link, Number);
    }

    public NodeId From { get; }

    public NodeId To { get; }

    public bool IsCut => _cuts > 0;

    /// <summary>Gets a value indicating whether messages can leave; datagrams always can.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Gets how many messages were cut off.</summary>
    public long CutOff { get; private set; }

    private bool IsConnection => _network.Mode == NetworkMode.Connections;

    /// <summary>Sends a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="bytes">How long it is on the way.</param>
    public void Send(PeerMessage message, int bytes)
    {
        NetworkTrouble trouble = _network.Trouble;
        if (_random.Chance(trouble.Corruption))
        {
            // Records of TLS have a check of their own: flipped bits break the connection, they are never delivered.
            _network.Corrupted(message, _random);
            trouble.Strikes.Add(FaultKind.Corruption);
            Break("corrupted");
            return;
        }

        if (IsConnection)
        {
            SendOverConnection(message, bytes, trouble);
        }
        else
        {
            SendDatagram(message, bytes, trouble);
        }
    }

    /// <summary>Cuts the way, or ends one of its cuts.</summary>
    public void Cut(bool isCut)
    {
        _cuts += isCut ? 1 : -1;
        if (!IsConnection)
        {
            return;
        }

        if (isCut && _cuts == 1)
        {
            _network.Schedule(this, KeepAliveNanoseconds, KeepAliveKind, _epoch);
        }
        else if (!isCut && _cuts == 0)
        {
            // What was on the way is sent again by the connection.
            Rush();
        }
    }

    /// <summary>Breaks the connection: what is on it is lost, and both ends hear of it.</summary>
    public void Break(string why)
    {
        _network.Broken(this, why, _streams);
        _epoch++;
        _streams[0].Clear();
        _streams[1].Clear();
        _lastArrivals.AsSpan().Clear();
        _stuckUntil = 0;
        _carriedAt = 0;
        _network.TellBroken(this);
        IsUp = !IsConnection;
        if (IsConnection)
        {
            _network.Schedule(this, Pause(), ReconnectKind, _epoch);
        }
    }

    /// <inheritdoc/>
    public override void Handle(in SimulationEvent due)
    {
        switch (due.Kind)
        {
            case ArriveKind when due.Payload is PeerMessage datagram:
                ArriveDatagram(datagram);
                break;
            case ArriveKind when due.Argument >> 1 == _epoch:
                ArriveInStream((int)due.Argument & 1);
                break;
            case KeepAliveKind when due.Argument == _epoch && IsUp && (IsCut || _stuckUntil > _network.Now):
                Break("silent");
                break;
            case ReconnectKind when due.Argument == _epoch:
                Reconnect();
                break;
            default:
                break;
        }
    }

    private void SendDatagram(PeerMessage message, int bytes, NetworkTrouble trouble)
    {
        if (IsCut)
        {
            _network.Lost(this, message, Probes.Probe.MessageCut);
            CutOff++;
            return;
        }

        if (_random.Chance(trouble.Loss))
        {
            _network.Lost(this, message, Probes.Probe.MessageLost);
            trouble.Strikes.Add(FaultKind.Loss);
            return;
        }

        if (trouble.BytesPerSecond > 0 && _carriedAt - _network.Now > QueueNanosecondsMax)
        {
            _network.Lost(this, message, Probes.Probe.MessageDropped);
            trouble.Strikes.Add(FaultKind.Bandwidth);
            return;
        }

        long delay = Carry(bytes, trouble) + Delay(trouble);
        if (_random.Chance(trouble.Reordering))
        {
            delay += _random.Below(50_000_000L);
            _network.Count(Probes.Probe.MessageReordered);
            trouble.Strikes.Add(FaultKind.Reordering);
        }

        _network.Schedule(this, delay, ArriveKind, 0, message);
        if (_random.Chance(trouble.Duplication))
        {
            _network.Count(Probes.Probe.MessageDuplicated);
            trouble.Strikes.Add(FaultKind.Duplication);
            _network.Schedule(this, delay + _random.Below(200_000_000L), ArriveKind, 0, message);
        }

        if (trouble.Replay > 0 && !_history.IsEmpty && _random.Chance(trouble.Replay))
        {
            _network.Count(Probes.Probe.MessageReplayed);
            trouble.Strikes.Add(FaultKind.Replay);
            PeerMessage old = _history.Pick(_random);
            _network.Schedule(this, delay + _random.Below(100_000_000L), ArriveKind, 0, old);
        }

        if (trouble.Replay > 0)
        {
            _history.Keep(message, _random);
        }
    }

    private void SendOverConnection(PeerMessage message, int bytes, NetworkTrouble trouble)
    {
        if (!IsUp)
        {
            _network.Lost(this, message, Probes.Probe.MessageLost);
            return;
        }

        int stream = message.IsBulk ? 1 : 0;
        long delay = Carry(bytes, trouble) + Delay(trouble);
        if (_random.Chance(trouble.Loss))
        {
            // A lost packet is sent again after a while, and holds up what is behind it.
            delay += 200_000_000L + _random.Exponential(200_000_000L);
            _network.Count(Probes.Probe.MessageDelayed);
            trouble.Strikes.Add(FaultKind.Loss);
        }

        long arrival = Math.Max(_network.Now + delay, _lastArrivals[stream]);
        _lastArrivals[stream] = arrival;
        _streams[stream].Enqueue(message);
        if (arrival - _network.Now > KeepAliveNanoseconds && _stuckUntil <= _network.Now)
        {
            // What a connection's ends ask each other whether they live is stuck behind it too.
            _stuckUntil = arrival;
            _network.Schedule(this, KeepAliveNanoseconds, KeepAliveKind, _epoch);
        }

        _network.Schedule(this, arrival - _network.Now, ArriveKind, (_epoch << 1) | (uint)stream);
    }

    private void ArriveDatagram(PeerMessage message)
    {
        if (IsCut)
        {
            _network.Lost(this, message, Probes.Probe.MessageCut);
            CutOff++;
            return;
        }

        _network.Deliver(this, message);
    }

    private void ArriveInStream(int stream)
    {
        if (IsCut)
        {
            _network.Count(Probes.Probe.MessageCut);
            CutOff++;
            return;
        }

        if (_streams[stream].TryDequeue(out PeerMessage? message) && !_network.Deliver(this, message))
        {
            // Nobody there: the machine answers with a reset.
            Break("refused");
        }
    }

    private void Rush()
    {
        _stuckUntil = 0;
        for (int stream = 0; stream < 2; stream++)
        {
            long arrival = _network.Now + Delay(_network.Trouble);
            _lastArrivals[stream] = arrival;
            for (int i = 0; i < _streams[stream].Count; i++)
            {
                _network.Schedule(this, arrival - _network.Now, ArriveKind, (_epoch << 1) | (uint)stream);
            }
        }
    }

    private void Reconnect()
    {
        if (IsCut || !_network.IsAlive(From) || !_network.IsAlive(To) || _network.IsCut(To, From))
        {
            _network.Schedule(this, Pause(), ReconnectKind, _epoch);
            return;
        }

        IsUp = true;
        _reconnectDelay = ReconnectNanosecondsMin;
        _network.TellConnected(this);
    }

    private long Pause()
    {
        long pause = (_reconnectDelay / 2) + _random.Below(_reconnectDelay / 2);
        _reconnectDelay = Math.Min(_reconnectDelay * 2, ReconnectNanosecondsMax);
        return pause;
    }

    // A link of little bandwidth carries one message after the other.
    private long Carry(int bytes, NetworkTrouble trouble)
    {
        if (trouble.BytesPerSecond == 0)
        {
            return 0;
        }

        if (_carriedAt > _network.Now)
        {
            _network.Count(Probes.Probe.MessageQueued);
            trouble.Strikes.Add(FaultKind.Bandwidth);
        }

        _carriedAt = Math.Max(_carriedAt, _network.Now) + (bytes * 1_000_000_000L / trouble.BytesPerSecond);
        return _carriedAt - _network.Now;
    }

    private long Delay(NetworkTrouble trouble)
    {
        long delay = _latency + _random.Exponential(_network.TailNanoseconds);
        if (_random.Chance(trouble.LatencyTail))
        {
            _network.Count(Probes.Probe.MessageDelayed);
            trouble.Strikes.Add(FaultKind.LatencyTail);
            delay += _random.Below(1_000_000_000L);
        }

        if (trouble.SlowFactor > 1)
        {
            _network.Count(Probes.Probe.MessageSlowed);
            trouble.Strikes.Add(FaultKind.SlowNetwork);
        }

        return delay * trouble.SlowFactor;
    }
}
