using Microsoft.Extensions.Options;
using Replication.Sessions;

namespace Replication.Hosting;

/// <summary>Checks the settings of a host; a message names the setting, its value and its bounds.</summary>
public sealed class ReplicaHostOptionsValidator : IValidateOptions<ReplicaHostOptions>
{
    private const long Mebi = 1L << 20;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ReplicaHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> failures = Check(options);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Lists what is wrong.</summary>
    /// <param name="options">The settings.</param>
    /// <returns>A sentence per fault; empty if all is well.</returns>
    internal static List<string> Check(ReplicaHostOptions options)
    {
        List<string> failures = [];
        if (options.ClusterId == Guid.Empty)
        {
            failures.Add($"ClusterId is {options.ClusterId}; it must be the cluster's identity, equal on all its "
                + $"nodes.");
        }

        if (options.NodeId.Value < 1)
        {
            failures.Add($"NodeId is {options.NodeId}; it must be at least 1.");
        }

        CheckTimes(options, failures);
        CheckSizes(options, failures);
        CheckEngine(options, failures);
        try
        {
            options.KeyValue.Validate();
        }
        catch (ArgumentException error)
        {
            failures.Add(error.Message);
        }

        return failures;
    }

    private static void CheckTimes(ReplicaHostOptions options, List<string> failures)
    {
        Within(nameof(options.HeartbeatInterval), options.HeartbeatInterval, TimeSpan.FromMilliseconds(5),
            TimeSpan.FromSeconds(10), failures);
        TimeSpan electionMin = 2 * options.HeartbeatInterval;
        if (options.ElectionTimeoutMin < electionMin || options.ElectionTimeoutMin > TimeSpan.FromSeconds(60))
        {
            failures.Add($"ElectionTimeoutMin is {options.ElectionTimeoutMin}; it must be from twice "
                + $"HeartbeatInterval ({electionMin}) to 00:01:00.");
        }

        if (options.ElectionTimeoutMax <= options.ElectionTimeoutMin
            || options.ElectionTimeoutMax > TimeSpan.FromMinutes(2))
        {
            failures.Add($"ElectionTimeoutMax is {options.ElectionTimeoutMax}; it must be more than "
                + $"ElectionTimeoutMin ({options.ElectionTimeoutMin}) and at most 00:02:00.");
        }

        Within(nameof(options.WriteTimeout), options.WriteTimeout, TimeSpan.FromMilliseconds(100),
            TimeSpan.FromMinutes(10), failures);
        Within(nameof(options.ReadTimeout), options.ReadTimeout, TimeSpan.FromMilliseconds(100),
            TimeSpan.FromMinutes(10), failures);
        Within(nameof(options.SessionTimeout), options.SessionTimeout, SessionLimits.TimeoutMin,
            SessionLimits.TimeoutMax, failures);
    }

    private static void CheckSizes(ReplicaHostOptions options, List<string> failures)
    {
        AtLeast(nameof(options.PendingBytesMax), options.PendingBytesMax, 4 * Mebi, failures);
        AtLeast(nameof(options.EntryCacheBytesMax), options.EntryCacheBytesMax, 4 * Mebi, failures);
        AtLeast(nameof(options.CheckpointLogBytes), options.CheckpointLogBytes, 64 * 1024, failures);
        AtLeast(nameof(options.DiskReserveBytes), options.DiskReserveBytes, 16 * Mebi, failures);
        if (options.LogBytesMax / 4 < options.CheckpointLogBytes)
        {
            failures.Add($"LogBytesMax is {options.LogBytesMax}; it must be at least four times "
                + $"CheckpointLogBytes ({options.CheckpointLogBytes}).");
        }
    }

    private static void CheckEngine(ReplicaHostOptions options, List<string> failures)
    {
        Within("Engine.VersionWindow", options.Engine.VersionWindow, TimeSpan.Zero, TimeSpan.FromHours(1), failures);
        AtLeast("Engine.ValueCacheBytesMax", options.Engine.ValueCacheBytesMax, 16 * Mebi, failures);
        if (options.Engine.CompactionDeadRatio is not (>= 0.1 and <= 0.9))
        {
            failures.Add($"Engine.CompactionDeadRatio is {options.Engine.CompactionDeadRatio}; it must be from "
                + $"0.1 to 0.9.");
        }
    }

    private static void Within(string name, TimeSpan value, TimeSpan min, TimeSpan max, List<string> failures)
    {
        if (value < min || value > max)
        {
            failures.Add($"{name} is {value}; it must be from {min} to {max}.");
        }
    }

    private static void AtLeast(string name, long value, long min, List<string> failures)
    {
        if (value < min)
        {
            failures.Add($"{name} is {value}; it must be at least {min} bytes.");
        }
    }
}
