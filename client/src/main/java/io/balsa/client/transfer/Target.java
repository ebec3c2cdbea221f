package io.balsa.client.transfer;

/**
 * Where changes go.
 *
 * @param dataset the dataset's name
 * @param transactionId the transaction to stage them in; 0 for none
 */
public record Target(String dataset, long transactionId) {}
