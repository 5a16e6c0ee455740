namespace Replication.Grpc.Remote;

/// <summary>Checks the options of a client.</summary>
internal static class ReplicationClientOptionsValidation
{
    /// <summary>Throws with the name and the value of the first setting that can't be.</summary>
    public static void Validate(ReplicationClientOptions options)
    {
        Require(options.Endpoints.Count > 0, $"{nameof(options.Endpoints)} is empty.");
        foreach (Uri endpoint in options.Endpoints)
        {
            Require(IsUsable(endpoint, options), WhyNot(endpoint));
        }

        Between(options.CallTimeout, 600_000, nameof(options.CallTimeout));
        Between(options.AttemptTimeout, 600_000, nameof(options.AttemptTimeout));
        Between(options.ConnectTimeout, 60_000, nameof(options.ConnectTimeout));
        Require(
            options.ConnectionsPerNode is >= 1 and <= 64,
            $"{nameof(options.ConnectionsPerNode)} is {options.ConnectionsPerNode}; it must be from 1 to 64.");
        Require(
            options.Certificate is null or { HasPrivateKey: true },
            $"{nameof(options.Certificate)} '{options.Certificate?.Subject}' has no private key.");
    }

    /// <summary>Whether an address may be dialled under the options.</summary>
    public static bool IsUsable(Uri address, ReplicationClientOptions options) =>
        address.IsAbsoluteUri
        && address.Port > 0
        && (address.Scheme == Uri.UriSchemeHttps
            || (address.Scheme == Uri.UriSchemeHttp
                && (options.AllowPlaintextBeyondLoopback || GrpcTransportOptionsValidation.IsLoopback(address))));

    private static string WhyNot(Uri endpoint) =>
        $"{nameof(ReplicationClientOptions.Endpoints)} holds {endpoint}; it must be https://host:port, "
        + "or http://host:port on the loopback or with "
        + $"{nameof(ReplicationClientOptions.AllowPlaintextBeyondLoopback)}.";

    private static void Between(TimeSpan value, double maximum, string name) =>
        Require(
            value.TotalMilliseconds >= 10 && value.TotalMilliseconds <= maximum,
            $"{name} is {value.TotalMilliseconds} ms; it must be from 10 to {maximum} ms.");

    private static void Require(bool isTrue, string message)
    {
        if (!isTrue)
        {
            throw new ArgumentException(message);
        }
    }
}
