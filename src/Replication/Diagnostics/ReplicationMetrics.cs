using System.Diagnostics.Metrics;

namespace Replication.Diagnostics;

/// <summary>The measures of one host.</summary>
internal sealed class ReplicationMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _elections;
    private readonly Histogram<double> _commitDuration;
    private readonly Histogram<double> _flushDuration;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _rejected;

    /// <summary>Creates the instruments.</summary>
    /// <param name="factory">Where meters come from; null makes one of its own.</param>
    public ReplicationMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MetricNames.Meter) ?? new Meter(MetricNames.Meter);
        _elections = _meter.CreateCounter<long>(MetricNames.Elections, "{election}",
            "Elections that this node stood for.");
        _commitDuration = _meter.CreateHistogram<double>(
            MetricNames.CommitDuration, "s", "Leader: from the arrival of a proposal until it is applied.");
        _flushDuration = _meter.CreateHistogram<double>(
            MetricNames.FlushDuration, "s", "From handing a batch to the write-ahead log until it is durable.");
        _dropped = _meter.CreateCounter<long>(
            MetricNames.DroppedMessages, "{message}", "Messages that found a full queue, no connection or no "
                + "such group.");
        _rejected = _meter.CreateCounter<long>(MetricNames.RejectedProposals, "{proposal}",
            "Proposals that were rejected.");
    }

    /// <summary>Gets whether anybody listens to commit durations.</summary>
    public bool IsCommitDurationEnabled => _commitDuration.Enabled;

    public void ElectionStarted(string group) =>
        _elections.Add(1, new KeyValuePair<string, object?>(MetricNames.GroupName, group));

    public void Committed(TimeSpan duration, string group) =>
        _commitDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(MetricNames.GroupName, group));

    public void Flushed(TimeSpan duration) => _flushDuration.Record(duration.TotalSeconds);

    public void Dropped() => _dropped.Add(1);

    public void Rejected(string group) =>
        _rejected.Add(1, new KeyValuePair<string, object?>(MetricNames.GroupName, group));

    /// <summary>Shows a number that is read when somebody asks.</summary>
    /// <param name="name">The instrument.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="description">What it is.</param>
    /// <param name="observe">Reads the number for each group.</param>
    public void Observe(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> observe) =>
        _meter.CreateObservableGauge(name, observe, unit, description);

    public void Dispose() => _meter.Dispose();
}
