using Microsoft.Extensions.Logging;

namespace Replication.Diagnostics;

/// <summary>Log lines of groups: 1000 to 1999.</summary>
internal static partial class RaftEvents
{
    [LoggerMessage(1001, LogLevel.Information, "Group {GroupName}: node {NodeId} stands for election in term {Term}.")]
    public static partial void ElectionStarted(this ILogger logger, string groupName, int nodeId, long term);

    [LoggerMessage(1002, LogLevel.Information, "Group {GroupName}: node {NodeId} leads in term {Term}.")]
    public static partial void LeadershipTaken(this ILogger logger, string groupName, int nodeId, long term);

    [LoggerMessage(1003, LogLevel.Information, "Group {GroupName}: node {NodeId} lost the lead in term {Term}; "
        + "the leader is {Leader} (0: unknown).")]
    public static partial void LeadershipLost(this ILogger logger, string groupName, int nodeId, long term, int leader);

    [LoggerMessage(1004, LogLevel.Information, "Group {GroupName}: node {NodeId} follows leader {Leader} in term "
        + "{Term}.")]
    public static partial void LeaderFollowed(this ILogger logger, string groupName, int nodeId, int leader, long term);

    [LoggerMessage(1005, LogLevel.Information, "Group {GroupName}: node {NodeId} recovered at term {Term}: "
        + "checkpoint at {Checkpoint}, log from {First} to {Last}.")]
    public static partial void GroupRecovered(this ILogger logger, string groupName, int nodeId, long term,
        long checkpoint, long first, long last);

    [LoggerMessage(1006, LogLevel.Error, "Node {NodeId} is faulted for good: every call fails from now on, its "
        + "connections close. Restart it once the cause is gone.")]
    public static partial void HostFaulted(this ILogger logger, Exception error, int nodeId);

    [LoggerMessage(1007, LogLevel.Information, "Node {NodeId} starts with {GroupCount} groups; seed {Seed}.")]
    public static partial void HostStarted(this ILogger logger, int nodeId, int groupCount, ulong seed);

    [LoggerMessage(1008, LogLevel.Information, "Node {NodeId} stopped.")]
    public static partial void HostStopped(this ILogger logger, int nodeId);

    [LoggerMessage(1009, LogLevel.Warning, "Node {NodeId} stops before its leaderships and writes were handed "
        + "over: the time is up.")]
    public static partial void StopCutShort(this ILogger logger, int nodeId);

    [LoggerMessage(1011, LogLevel.Error, "Node {NodeId} stops with its files open: the disk did not end its work "
        + "within {Seconds} s.")]
    public static partial void DiskHangs(this ILogger logger, int nodeId, int seconds);

    [LoggerMessage(1010, LogLevel.Error, "Node {NodeId}: closing the connections of the faulted host failed.")]
    public static partial void CloseFailed(this ILogger logger, Exception error, int nodeId);
}
