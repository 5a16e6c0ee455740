namespace Replication.Grpc.Wire;

/// <summary>How a call ended.</summary>
/// <param name="StatusCode">The code.</param>
/// <param name="Detail">A message for people; empty if there is none.</param>
internal readonly record struct Status(StatusCode StatusCode, string Detail)
{
    /// <summary>Gets the status of a call that went well.</summary>
    public static Status OK => new(StatusCode.OK, "");

    public override string ToString() => $"{StatusCode}: {Detail}";
}
