using Replication.Raft.Tests.Clusters;

namespace Replication.Raft.Tests.Schedules;

/// <summary>The second phase of a schedule: all faults end, and the cluster must get on.</summary>
internal sealed partial class RandomSchedule
{
    private void Heal()
    {
        _cuts.Clear();
        _lossPercent = 0;
        foreach (ClusterNode node in _nodes.Where(node => !node.IsUp))
        {
            Start(node);
        }
    }

    // Thirty election timeouts of undisturbed time: a leader must come, commit something new on all nodes, and serve
    // reads.
    private void MakeProgress()
    {
        TimeSpan left = 30 * _nodes[0].Config.ElectionTimeoutMax;
        int untilRead = 3;
        while (left > TimeSpan.Zero && untilRead > 0)
        {
            Settle();
            if (_nodes.Find(LeadsNewestTerm) is { } leader && AgreeWith(leader))
            {
                leader.Propose(NewEntry());
                untilRead -= IsReadEverywhere() ? 1 : 0;
            }

            left -= PassTime();
        }

        Demand(untilRead == 0, "healed, but no leader made progress and served reads");
        TimeSpan timeout = _nodes[0].Config.ElectionTimeoutMax;
        for (TimeSpan waited = TimeSpan.Zero; waited <= timeout && _openReads.Count > 0;)
        {
            Settle();
            waited += PassTime();
        }

        Demand(_openReads.Count == 0, "a read was never answered");
        _oracle.CheckNothingLost();
    }

    // A leader with a follower of higher priority may just have handed over: then its reads fail, and are tried again.
    private bool IsReadEverywhere()
    {
        long before = _lastRead;
        foreach (ClusterNode node in _nodes)
        {
            Read(node);
        }

        Settle();

        // A round that was lost before healing is begun again when the next heartbeat is due.
        TimeSpan interval = _nodes[0].Config.HeartbeatInterval;
        for (TimeSpan waited = TimeSpan.Zero; waited <= interval && !IsServedSince(before);)
        {
            waited += PassTime();
            Settle();
        }

        return IsServedSince(before);
    }

    private bool IsServedSince(long read)
    {
        while (read < _lastRead && _servedReads.Contains(read + 1))
        {
            read++;
        }

        return read == _lastRead;
    }

    private bool LeadsNewestTerm(ClusterNode node) =>
        IsLeader(node) && node.Status.TransferTarget.IsNone
        && _nodes.TrueForAll(other => other.Status.CurrentTerm <= node.Status.CurrentTerm);

    private bool AgreeWith(ClusterNode leader) => _nodes.TrueForAll(node =>
        node.Status.CommitIndex == leader.Status.LastLogId.Index
        && node.Status.LastLogId == leader.Status.LastLogId
        && node.Status.Leader == leader.Id);

    // Everything that can happen without time does.
    private void Settle()
    {
        for (int moves = 0; _network.Count > 0 || _nodes.Exists(node => node.Disk.PendingCount > 0); moves++)
        {
            Demand(moves < 50_000, "messages beget messages without end");
            foreach (ClusterNode node in _nodes.Where(node => node.Disk.PendingCount > 0))
            {
                node.Persist();
            }

            if (_network.Count > 0)
            {
                Envelope envelope = _network[0];
                _network.RemoveAt(0);
                _nodes[envelope.Message.To.Value - 1].Receive(envelope);
            }
        }
    }

    private TimeSpan PassTime()
    {
        TimeSpan step = _nodes.Min(node => node.NextDeadline - node.Now);
        step = step > TimeSpan.Zero ? step : TimeSpan.FromTicks(1);
        foreach (ClusterNode node in _nodes)
        {
            node.Now += step;
            if (node.NextDeadline <= node.Now)
            {
                node.Tick();
            }
        }

        return step;
    }

    private static void Demand(bool condition, string violation)
    {
        if (!condition)
        {
            throw new SafetyViolationException(violation);
        }
    }
}
